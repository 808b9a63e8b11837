package cli

import (
	"path/filepath"
	"strings"
	"time"

	"ferry/internal/app"
	"ferry/internal/history"
	"ferry/internal/report"
	"ferry/internal/report/words"
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
			said = words.Action(l)
		}
	case history.TypePass:
		t.ended[l.Pass] = true
		switch {
		case !t.all:
		case l.Failed():
			said = "failed: " + words.OneLine(l.Error)
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
