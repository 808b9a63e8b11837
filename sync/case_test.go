package sync_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/sync"
)

// newFoldingWorld returns a world in which one side takes names that differ only in
// case for one.
func newFoldingWorld(t fataler, folding sync.Side) *world {
	w := newWorld(t)
	w.sides[folding].FoldsCase = true
	return w
}

// twins makes a pass that must not fail, and returns the paths that it leaves alone.
func (w *world) twins() (sum sync.Summary, left []string) {
	w.t.Helper()
	w.opts.Observer = func(ev sync.Event) {
		w.observe(ev)
		if doubted, is := ev.(sync.Doubted); is {
			for _, q := range doubted.Problems {
				left = append(left, string(q.Path.Join(q.Name)))
				if !strings.Contains(q.Why, "upper and lower case") {
					w.t.Errorf("%s: %s", q.Path, q.Why)
				}
			}
		}
	}
	defer func() { w.opts.Observer = w.observe }()
	sum, err := w.pass()
	if err != nil || sum.Failed > 0 || sum.Problems != len(left) || sum.Twins != len(left) || sum.Skipped != len(left) {
		w.t.Fatalf("pass: %v, %+v, left %q\n%s", err, sum, left, w.tail())
	}
	slices.Sort(left)
	return sum, left
}

// wantTwins makes passes, and checks which files are left alone and what the folding
// side has in the end.
func (w *world) wantTwins(folding sync.Side, want map[string]string, left ...string) {
	w.t.Helper()
	for n := range 3 {
		sum, got := w.twins()
		if diff := cmp.Diff(left, got); diff != "" {
			w.t.Errorf("pass %d leaves other files alone (-want +got):\n%s\n%s", n, diff, w.tail())
		}
		if n > 0 && sum.Uploaded+sum.Downloaded+sum.DeletedLocal+sum.DeletedRemote+sum.Moved+sum.MadeDirs+sum.Conflicts > 0 {
			w.t.Errorf("pass %d did something: %+v\n%s", n, sum, w.tail())
		}
	}
	if diff := cmp.Diff(want, w.tree(folding)); diff != "" {
		w.t.Errorf("the folding side (-want +got):\n%s\n%s", diff, w.tail())
	}
}

var directions = []sync.Direction{sync.Both, sync.Push, sync.Pull}

// Of two files whose names are one on the other side, one is carried over, the other
// is named, and all others are in step.
func TestTwinsOnAFoldingSide(t *testing.T) {
	for _, folding := range bothSides {
		for _, direction := range directions {
			if direction == sync.Push && folding == sync.Local || direction == sync.Pull && folding == sync.Remote {
				continue
			}
			t.Run(fmt.Sprint(folding, direction), func(t *testing.T) {
				w := newFoldingWorld(t, folding)
				w.opts.Policy.Direction = direction
				w.opts.Verify = true
				full := folding.Other()
				w.write(full, "README", "one")
				w.write(full, "readme", "two")
				w.write(full, "other", "three")
				w.write(full, "Dir/x", "four")
				w.write(full, "dir/x", "five")
				w.write(full, "École", "six")
				w.write(full, "école", "seven")
				before := w.tree(full)
				w.wantTwins(folding, map[string]string{"README": "one", "other": "three", "Dir": "/", "Dir/x": "four", "École": "six"},
					"dir", "readme", "école")
				if diff := cmp.Diff(before, w.tree(full)); diff != "" {
					t.Errorf("the other side changed:\n%s", diff)
				}

				w.write(full, "README", "one, edited")
				w.write(full, "readme", "two, edited")
				w.write(full, "dir/y", "new in a twin")
				w.wantTwins(folding, map[string]string{"README": "one, edited", "other": "three", "Dir": "/", "Dir/x": "four", "École": "six"},
					"dir", "readme", "école")

				w.sides[full].Rename("readme", "readme too")
				w.sides[full].Remove("Dir")
				w.sides[full].Remove("école")
				w.opts.Limits.AllowDeletes = true
				w.twins()
				w.wantTwins(folding, map[string]string{"README": "one, edited", "readme too": "two, edited", "other": "three",
					"dir": "/", "dir/x": "five", "dir/y": "new in a twin", "École": "six"})
			})
		}
	}
}

// A side that tells case apart gets all names in one pass, also if there is nothing yet
// with which it could be asked, and if it is asked only then.
func TestTwinsOnSidesThatTellThemApart(t *testing.T) {
	for _, full := range bothSides {
		w := newWorld(t)
		for i, name := range []string{"a", "A", "b/c", "b/C", "B/c"} {
			w.write(full, name, fmt.Sprint(i))
		}
		asked := 0
		w.sides[full.Other()].OnIO = func(op string, p manifest.Path) error {
			if op == "lookup" {
				asked++
			}
			return nil
		}
		sum := w.sync()
		if sum.Problems != 0 || sum.Uploaded+sum.Downloaded != 5 || asked == 0 {
			t.Errorf("%+v, asked %d times\n%s", sum, asked, w.tail())
		}
		w.wantTrees(w.tree(full))
		asked = 0
		w.wantQuiet()
		if asked > 0 {
			t.Errorf("a side that shows both names was asked")
		}
	}
}

// A dry run asks too, and changes nothing.
func TestTwinsInADryRun(t *testing.T) {
	w := newFoldingWorld(t, sync.Remote)
	w.write(sync.Local, "other", "three")
	w.sync()
	w.write(sync.Local, "a", "one")
	w.write(sync.Local, "A", "two")
	w.opts.DryRun = true
	before := w.tree(sync.Remote)
	if _, left := w.twins(); !slices.Equal(left, []string{"a"}) {
		t.Errorf("left alone: %q", left)
	}
	if diff := cmp.Diff(before, w.tree(sync.Remote)); diff != "" {
		t.Error(diff)
	}
}

// A rename of case only is carried over in both directions, of files and directories,
// whatever identities the sides have, and the old name counts as gone.
func TestRenameOfCaseOnly(t *testing.T) {
	for _, folding := range []string{"local", "remote", "both"} {
		for _, by := range bothSides {
			for _, ids := range []bool{true, false} {
				t.Run(fmt.Sprint(folding, " ", by, " ", ids), func(t *testing.T) {
					w := newWorld(t)
					w.sides[sync.Local].FoldsCase = folding != "remote"
					w.sides[sync.Remote].FoldsCase = folding != "local"
					for s := range w.sides {
						w.sides[s].NoIDs = !ids
					}
					w.write(sync.Local, "read", "one")
					w.write(sync.Local, "dir/Ä", "two")
					w.write(sync.Local, "dir/b", "three")
					w.sync()
					w.sides[by].Rename("read", "READ")
					w.sides[by].Rename("dir/Ä", "dir/ä")
					w.sides[by].Rename("dir", "Dir")
					if sum := w.sync(); sum.Problems != 0 || sum.DeletedLocal+sum.DeletedRemote+sum.Uploaded+sum.Downloaded > 0 || sum.Moved != 3 {
						t.Errorf("%+v\n%s", sum, w.tail())
					}
					w.wantTrees(map[string]string{"READ": "one", "Dir": "/", "Dir/ä": "two", "Dir/b": "three"})
					w.wantQuiet()

					w.sides[by].Rename("READ", "read")
					w.write(by.Other(), "READ", "edited at the same time")
					w.sync()
					w.wantTrees(map[string]string{"read": "edited at the same time", "Dir": "/", "Dir/ä": "two", "Dir/b": "three"})
					w.wantQuiet()
				})
			}
		}
	}
}

// A directory whose name is that of a file in another case did not come from that file by a
// rename: both are left alone, and neither is recorded as the other.
func TestDirectoryNamedAsAFileInAnotherCase(t *testing.T) {
	for _, folding := range bothSides {
		w := newFoldingWorld(t, folding)
		w.write(folding, "e", "one")
		w.sync()
		w.sides[folding.Other()].Remove("e")
		w.sides[folding.Other()].Mkdir("E")
		if sum, err := w.pass(); err != nil || sum.Moved > 0 || w.tree(folding)["e"] != "one" || w.tree(folding.Other())["E"] != "/" {
			t.Errorf("%+v, %v\n%s", sum, err, w.tail())
		}
	}
}

// Files that were deleted on a side that folds case are gone, and one that a listing
// leaves out is not, although another name in the same directory is in another case.
func TestGoneOnAFoldingSide(t *testing.T) {
	for _, folding := range bothSides {
		w := newFoldingWorld(t, folding)
		w.fill(9)
		w.write(folding, "d1/keep", "k")
		w.sync()
		w.sides[folding].Remove("d1/f1")
		if sum := w.sync(); sum.DeletedLocal+sum.DeletedRemote != 1 || sum.Problems != 0 {
			t.Errorf("%+v\n%s", sum, w.tail())
		}
		w.sides[folding].AlterListing = func(_ manifest.Path, names []string) []string {
			return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == "keep" })
		}
		if sum := w.sync(); sum.DeletedLocal+sum.DeletedRemote != 0 || sum.Problems == 0 {
			t.Errorf("%+v\n%s", sum, w.tail())
		}
	}
}

// If a side cannot tell, nothing is overwritten.
func TestSideThatCannotTellCase(t *testing.T) {
	w := newFoldingWorld(t, sync.Remote)
	w.write(sync.Local, "a", "one")
	w.write(sync.Local, "A", "two")
	w.write(sync.Local, "b", "three")
	w.sides[sync.Remote].OnIO = func(op string, _ manifest.Path) error {
		if op == "lookup" {
			return errors.New("502 no such command")
		}
		return nil
	}
	w.wantTwins(sync.Remote, map[string]string{"A": "two", "b": "three"}, "a")
}

// A directory that each side has given another case is named and left alone. What was below
// its old name is gone, although a side that folds case finds it below the new one: other
// deletions are carried over.
func TestDirectoryInTwoOtherCases(t *testing.T) {
	for _, folding := range bothSides {
		w := newFoldingWorld(t, folding)
		w.write(sync.Local, "dir/a", "one")
		w.write(sync.Local, "dir/b", "two")
		w.fill(9)
		w.sync()
		w.sides[sync.Local].Rename("dir", "Dir")
		w.sides[sync.Remote].Rename("dir", "dIR")
		w.sides[folding].Remove("d1/f1")
		if sum, left := w.twins(); sum.DeletedLocal+sum.DeletedRemote != 1 || !slices.Equal(left, []string{"Dir", "dIR"}) {
			t.Errorf("%+v, left alone: %q\n%s", sum, left, w.tail())
		}
	}
}

// A rename of case only that is below another one, which the server refused, was carried out
// if the server finds the old name below the new one. The next pass finds both sides equal
// there, and renames the rest.
func TestRenameBelowRefusedRenameOfCase(t *testing.T) {
	w := newFoldingWorld(t, sync.Remote)
	w.write(sync.Local, "dir/Ä", "one")
	w.write(sync.Local, "dir/b", "two")
	w.sync()
	w.sides[sync.Local].Rename("dir/Ä", "dir/ä")
	w.sides[sync.Local].Rename("dir", "Dir")
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		if op == "rename" && p == "Dir" {
			return errors.New("550 file exists")
		}
		return nil
	}
	w.twins()
	w.sides[sync.Remote].OnIO = nil
	w.sync()
	w.wantTrees(map[string]string{"Dir": "/", "Dir/ä": "one", "Dir/b": "two"})
	w.wantQuiet()
}
