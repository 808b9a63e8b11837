package e2e

import (
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/test/realftp"
)

// TestPassOnOtherServers makes the passes of TestPassOnEveryServer once on each server that other tests do not run.
func TestPassOnOtherServers(t *testing.T) {
	for _, name := range realftp.Others() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, name, realftp.Options{})
			p.testAllPasses()
			p.checkTable()
		})
	}
}

// checkTable checks the row of the server in docs/ftp.md.
func (p *pair) checkTable() {
	p.t.Helper()
	c := ftp.Recall(p.options.Options)
	r := realftp.Result{Server: p.server.Name, How: "real", List: c.List, Passes: "first, quiet, edits, quiet", Learnt: make(map[string]bool)}
	for quirk, holds := range c.Seen {
		r.Learnt[string(quirk)] = holds
	}
	realftp.CheckTable(p.t, r)
}
