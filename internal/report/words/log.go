package words

import (
	"fmt"
	"strings"

	"ferry/internal/history"
	"ferry/internal/text"
	"ferry/sync"
)

// OneLine returns a message on one line.
func OneLine(s string) string {
	return strings.ReplaceAll(text.CleanLines(strings.TrimSpace(s)), "\n", "; ")
}

// logVerbs are what people say for an operation that was done, and for one that was not. %s
// is the path, and a second one the old name. where says that the side is named.
var logVerbs = map[sync.Op]struct {
	done, not string
	where     bool
}{
	sync.Upload:     {"uploaded %[1]s", "could not upload %[1]s", false},
	sync.Download:   {"downloaded %[1]s", "could not download %[1]s", false},
	sync.Delete:     {"deleted %[1]s", "could not delete %[1]s", true},
	sync.Rename:     {"renamed %[2]s to %[1]s", "could not rename %[2]s to %[1]s", true},
	sync.Mkdir:      {"made the directory %[1]s/", "could not make the directory %[1]s/", true},
	sync.Rmdir:      {"removed the directory %[1]s/", "could not remove the directory %[1]s/", true},
	sync.Link:       {"made the link %[1]s", "could not make the link %[1]s", true},
	sync.Adopt:      {"found %[1]s equal on both sides", "could not compare %[1]s", false},
	sync.SetAside:   {"set %[2]s aside as %[1]s", "could not set %[2]s aside as %[1]s", true},
	history.Restore: {"restored %[1]s", "could not restore %[1]s", true},
	history.Discard: {"removed %[1]s from the trash", "could not remove %[1]s from the trash", true},
	history.Chmod:   {"set the mode of %[1]s", "could not set the mode of %[1]s", true},
}

// Action says what was done, and why.
func Action(l *history.Line) string {
	verb, known := logVerbs[l.Op]
	if !known {
		verb.done, verb.not = string(l.Op)+" %[1]s", "could not "+string(l.Op)+" %[1]s"
	}
	p := pairPlaces
	if l.Command == "copy" {
		p = copyPlaces
		if l.Op == sync.Upload {
			verb.done, verb.not = "copied %[1]s", "could not copy %[1]s"
		}
	}
	format := verb.done
	if l.Error != "" {
		format = verb.not
	}
	said := fmt.Sprintf(format+"%.0[2]s", text.Clean(string(l.At())), text.Clean(string(l.Was())))
	if verb.where {
		said += " " + p.where(l.Side)
	}
	if why := p.why(l.Action); why != "" {
		said += " (" + why + ")"
	}
	if l.Error != "" {
		said += ": " + OneLine(l.Error)
	}
	return said
}

// places are what people call the two sides of a pair.
type places struct{ local, remote string }

var (
	pairPlaces = places{"here", "on the server"}
	copyPlaces = places{"at the source", "at the target"}
)

func (p places) where(side string) string {
	if side == sync.Local.String() {
		return p.local
	}
	return p.remote
}

// why says which side had changed, where that is the whole reason.
func (p places) why(a *history.Action) string {
	switch {
	case a.Op == sync.Adopt || a.Op == sync.SetAside:
		return ""
	case a.LocalChange != "" && a.RemoteChange == "" && a.Side == sync.Remote.String():
		return text.Clean(string(a.LocalChange)) + " " + p.local
	case a.LocalChange == "" && a.RemoteChange != "" && a.Side == sync.Local.String():
		return text.Clean(string(a.RemoteChange)) + " " + p.remote
	}
	return text.Clean(a.Why)
}
