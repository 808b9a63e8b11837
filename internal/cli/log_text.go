package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"ferry/internal/app"
	"ferry/internal/history"
	"ferry/internal/report"
	"ferry/internal/text"
)

// logLines makes lines for people of the history, which comes the newest line first.
type logLines struct {
	now     time.Time
	verbose bool
	named   bool // the profile is named in each line
	pairs   map[string]*app.Pair
	all     bool // passes are shown as well as actions
	failed  bool // only what failed is shown
	ended   map[string]bool
}

// line returns the line for l, "" where there is none.
func (t *logLines) line(l *history.Line) string {
	said := ""
	switch l.Type {
	case history.TypeAction:
		if l.Failed() || !t.failed {
			said = actionText(l)
		}
	case history.TypePass:
		t.ended[l.Pass] = true
		switch {
		case !t.all:
		case l.Failed():
			said = "failed: " + oneLine(l.Error)
		case t.verbose && !t.failed && l.End.Summary != nil:
			said = "pass: " + report.Brief(*l.End.Summary)
		}
	case history.TypeBegin:
		if t.all && !t.ended[l.Pass] {
			said = "did not finish: it was killed, or is still running"
		}
	}
	if said == "" {
		return ""
	}
	parts := []string{l.Time.Local().Format("2006-01-02 15:04"), text.Clean(l.Command)}
	if t.named {
		parts = append(parts, pairName(l, t.pairs[l.Pair]))
	}
	if l.By != "" && (t.verbose || l.By != history.Who()) {
		said += ", by " + text.Clean(l.By)
	}
	return strings.Join(append(parts, said), "  ")
}

// pairName names the pair of a line: its profile, or else its local directory. p is the pair,
// nil where it is not known.
func pairName(l *history.Line, p *app.Pair) string {
	switch {
	case l.Profile != "":
		return text.Clean(l.Profile)
	case l.Sides != nil:
		return text.Clean(filepath.Base(l.Local))
	case p != nil && p.Local != "":
		return text.Clean(filepath.Base(p.Local))
	}
	return "-"
}

// oneLine returns a message on one line.
func oneLine(s string) string {
	return strings.ReplaceAll(text.CleanLines(strings.TrimSpace(s)), "\n", "; ")
}

// logVerbs are what people say for an operation that was done, and for one that was not. %s
// is the path, and a second one the old name. where says that the side is named.
var logVerbs = map[app.Op]struct {
	done, not string
	where     bool
}{
	app.OpUpload:    {"uploaded %[1]s", "could not upload %[1]s", false},
	app.OpDownload:  {"downloaded %[1]s", "could not download %[1]s", false},
	app.OpDelete:    {"deleted %[1]s", "could not delete %[1]s", true},
	app.OpMove:      {"renamed %[2]s to %[1]s", "could not rename %[2]s to %[1]s", true},
	app.OpMkdir:     {"made the directory %[1]s/", "could not make the directory %[1]s/", true},
	app.OpRmdir:     {"removed the directory %[1]s/", "could not remove the directory %[1]s/", true},
	app.OpLink:      {"made the link %[1]s", "could not make the link %[1]s", true},
	app.OpAdopt:     {"found %[1]s equal on both sides", "could not compare %[1]s", false},
	app.OpConflict:  {"set %[2]s aside as %[1]s", "could not set %[2]s aside as %[1]s", true},
	history.Restore: {"restored %[1]s", "could not restore %[1]s", true},
	history.Discard: {"removed %[1]s from the trash", "could not remove %[1]s from the trash", true},
	history.Chmod:   {"set the mode of %[1]s", "could not set the mode of %[1]s", true},
}

// actionText says what was done, and why.
func actionText(l *history.Line) string {
	verb, known := logVerbs[l.Op]
	if !known {
		verb.done, verb.not = string(l.Op)+" %[1]s", "could not "+string(l.Op)+" %[1]s"
	}
	format := verb.done
	if l.Error != "" {
		format = verb.not
	}
	said := fmt.Sprintf(format+"%.0[2]s", text.Clean(string(l.At())), text.Clean(string(l.Was())))
	if verb.where {
		said += " " + whereText(l.Side)
	}
	if why := whyText(l.Action); why != "" {
		said += " (" + why + ")"
	}
	if l.Error != "" {
		said += ": " + oneLine(l.Error)
	}
	return said
}

func whereText(side string) string {
	if side == app.Local.String() {
		return "here"
	}
	return "on the server"
}

// whyText says which side had changed, where that is the whole reason.
func whyText(a *history.Action) string {
	switch {
	case a.Op == app.OpAdopt || a.Op == app.OpConflict:
		return ""
	case a.LocalChange != "" && a.RemoteChange == "" && a.Side == app.Remote.String():
		return text.Clean(string(a.LocalChange)) + " here"
	case a.LocalChange == "" && a.RemoteChange != "" && a.Side == app.Local.String():
		return text.Clean(string(a.RemoteChange)) + " on the server"
	}
	return text.Clean(a.Why)
}
