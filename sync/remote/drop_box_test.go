package remote

import (
	"strings"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/sync"
)

// TestDropBox says what a pass needs where the server lists nothing.
func TestDropBox(t *testing.T) {
	for _, refuse := range []string{"550 Permission denied.", "553 Permission denied."} {
		h := newFixture(t, ftpserver.Options{})
		h.write("f", "x")
		var said []string
		h.d.server.opts.Notice = func(text string) { said = append(said, text) }
		h.fault(ftpserver.Fault{Command: "LISTING|RETR|SIZE|MLST|MDTM", Refuse: refuse})
		tree := h.scan(sync.Look{})
		if tree.Known("") || tree.Known("f") {
			t.Errorf("%s: the tree is known", refuse)
		}
		if len(said) != 1 || !strings.Contains(said[0], "needs the right to list") {
			t.Errorf("%s: said %q", refuse, said)
		}
		h.holds("f", "x")
	}
}
