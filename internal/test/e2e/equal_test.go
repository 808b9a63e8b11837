package e2e

import (
	"fmt"
	"testing"

	"ferry/internal/test/realftp"
)

// TestFirstPassByHash makes a first pass onto an equal tree on a server with commands for
// hashes: nothing but one file is downloaded, and what differs is found.
func TestFirstPassByHash(t *testing.T) {
	t.Parallel()
	p := newPair(t, "proftpd", realftp.Options{Extra: []string{"LoadModule mod_digest.c"}})
	const n = 120
	here, there := map[string]string{}, map[string]string{}
	for i := range n {
		name, text := fmt.Sprintf("dir %d/f%03d", i%5, i), fmt.Sprintf("content %03d", i)
		here[name], there[name] = text, text
	}
	there["dir 3/f033"] = "CONTENT 033"
	writeFiles(t, p.local, here)
	p.writeRemote(there)
	sum := p.sync()
	if sum.ByHash != n || sum.Adopted != n-1+5 || sum.Conflicts != 1 || sum.BytesDown > 3*int64(len("content 000")) {
		t.Errorf("%+v", sum)
	}
	p.wantEqual()
	p.sync() // carries the conflict copy over
	p.wantNothingToDo()
}
