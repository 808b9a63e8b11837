package e2e

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/test/realftp"
	"ferry/sync"
)

// secondMachine returns a pair of another machine with the same directory on the
// server. It has its own local directory and manifest.
func (p *pair) secondMachine(owner string) *pair {
	q := *p
	q.local = p.t.TempDir()
	q.store = filepath.Join(p.t.TempDir(), "second.db")
	q.options.Owner, q.options.Machine = owner, owner
	q.options.StateDir = p.t.TempDir()
	q.events = nil
	q.engine.Observer = q.observe
	return &q
}

// TestTwoMachines lets two machines change one directory on the server, in turn and
// at once. They converge, and no version is lost.
func TestTwoMachines(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newPair(t, name, realftp.Options{})
			a.options.Owner, a.options.Machine = "a", "machine a"
			writeFiles(t, a.local, map[string]string{"both": "first", "only a": "1", "d/x": "x"})
			a.sync()
			b := a.secondMachine("b")
			b.sync()
			writeFiles(t, a.local, map[string]string{"both": "a's version", "from a": "n"})
			writeFiles(t, b.local, map[string]string{"both": "b's version, longer", "from b": "n"})
			a.sync()
			if sum := b.sync(); sum.Conflicts != 1 {
				t.Errorf("b's pass: %+v", sum)
			}
			a.sync()
			b.sync()
			a.wantNothingToDo()
			b.wantNothingToDo()
			tree := a.wantEqual()
			if diff := cmp.Diff(tree, b.wantEqual()); diff != "" {
				t.Errorf("the machines differ:\n%s", diff)
			}
			all := fmt.Sprint(tree)
			for _, version := range []string{"a's version", "b's version, longer"} {
				if !strings.Contains(all, version) {
					t.Errorf("%q is lost: %v", version, tree)
				}
			}
			if _, left := readAll(t, a.remote())[".ferry/lock"]; left {
				t.Error("a lock was left behind")
			}
		})
	}
}

// TestMachinesAtOnce runs passes of two machines at the same time. A pass may fail
// because the other machine holds the lock.
func TestMachinesAtOnce(t *testing.T) {
	a := newPair(t, "proftpd", realftp.Options{})
	a.options.Owner, a.options.Machine = "a", "machine a"
	b := a.secondMachine("b")
	a.wantNothingToDo() // makes the root, so that the two do not both try
	for round := range 6 {
		for i := range 20 {
			writeFiles(t, a.local, map[string]string{fmt.Sprintf("a%d", i): fmt.Sprint("round ", round), fmt.Sprintf("shared%d", i): fmt.Sprint("a", round)})
			writeFiles(t, b.local, map[string]string{fmt.Sprintf("b%d", i): fmt.Sprint("round ", round)})
		}
		errs := make(chan error, 2)
		for _, p := range []*pair{a, b} {
			go func() { _, err := p.pass(); errs <- err }()
		}
		for range 2 {
			if err := <-errs; err != nil && !errors.Is(err, sync.ErrHeld) {
				t.Fatal(err)
			}
		}
	}
	for range 3 {
		a.pass()
		b.pass()
	}
	a.wantNothingToDo()
	b.wantNothingToDo()
	if diff := cmp.Diff(a.wantEqual(), b.wantEqual()); diff != "" {
		t.Errorf("the machines differ:\n%s", diff)
	}
}
