package sync_test

import (
	"fmt"
	"strings"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

// ways are the two directions of a pass that changes one side only.
var ways = []struct {
	direction sync.Direction
	src, dst  sync.Side
}{{sync.Push, sync.Local, sync.Remote}, {sync.Pull, sync.Remote, sync.Local}}

// An exact first pass deletes and overwrites nothing unless it is allowed to.
func TestExactFirstPass(t *testing.T) {
	for _, way := range ways {
		for name, target := range map[string]map[string]string{
			"an extra file":      {"extra": "theirs"},
			"an extra directory": {"dir/sub/": ""},
			"another version":    {"a": "other"},
			"a file in the way":  {"d": "file"},
		} {
			t.Run(fmt.Sprint(way.direction, " ", name), func(t *testing.T) {
				w := newWorld(t)
				w.opts.Policy.Direction, w.opts.Policy.Exact = way.direction, true
				w.write(way.src, "a", "mine")
				w.write(way.src, "d/b", "mine too")
				for p, content := range target {
					if dir, is := strings.CutSuffix(p, "/"); is {
						w.sides[way.dst].Mkdir(dir)
						continue
					}
					w.write(way.dst, p, content)
				}
				if err := w.wantUnsafe(); !strings.Contains(err.Hint, "--allow-deletes") {
					t.Errorf("hint %q", err.Hint)
				}
				w.opts.DryRun = true
				w.wantUnsafe()
				w.opts.DryRun, w.opts.Limits.AcceptEmpty = false, true
				w.wantUnsafe() // that is another question
				w.opts.Limits.AllowDeletes = true
				w.sync()
				w.wantTrees(map[string]string{"a": "mine", "d": "/", "d/b": "mine too"})
				w.opts.Limits.AllowDeletes = false
				w.write(way.dst, "extra", "theirs again")
				w.sync() // there is a base now
				w.wantTrees(map[string]string{"a": "mine", "d": "/", "d/b": "mine too"})
			})
		}
		t.Run(fmt.Sprint(way.direction, " nothing to lose"), func(t *testing.T) {
			w := newWorld(t)
			w.opts.Policy.Direction, w.opts.Policy.Exact = way.direction, true
			w.write(way.src, "a", "mine")
			w.write(way.dst, "a", "mine")
			w.write(way.src, "b", "new")
			w.sync()
		})
	}
}

// A first push of an empty directory to a server that is full was most likely meant for
// another directory.
func TestFirstPassFromAnEmptySource(t *testing.T) {
	for _, way := range ways {
		w := newWorld(t)
		w.opts.Policy.Direction = way.direction
		w.write(way.dst, "a", "1")
		if err := w.wantUnsafe(); !strings.Contains(err.Hint, "--accept-empty") {
			t.Errorf("hint %q", err.Hint)
		}
		w.opts.Limits.AcceptEmpty = true
		w.sync()
		w.opts.Limits.AcceptEmpty = false
		if sum := w.sync(); sum.LeftAlone != 1 {
			t.Errorf("%+v", sum)
		}
		w.write(way.src, "b", "2")
		w.sync()

		empty := newWorld(t)
		empty.opts.Policy.Direction = way.direction
		empty.sync() // nothing anywhere
	}
}

// A push does not fill a server anew that shows nothing any more, and no more does a
// pull a directory.
func TestEmptiedTargetStopsThePass(t *testing.T) {
	for _, way := range ways {
		for _, verify := range []bool{false, true} {
			w := newWorld(t)
			w.opts.Policy.Direction, w.opts.Verify = way.direction, verify
			for i := range 6 {
				w.write(way.src, fmt.Sprintf("d%d/f", i), "x")
			}
			w.sync()
			want := w.tree(way.src)
			for i := range 6 {
				w.sides[way.dst].Remove(fmt.Sprintf("d%d", i))
			}
			if err := w.wantUnsafe(); !strings.Contains(err.Hint, "--accept-empty") {
				t.Errorf("hint %q", err.Hint)
			}
			w.opts.Limits.AcceptEmpty = true
			w.sync()
			w.opts.Limits.AcceptEmpty = false
			w.wantTrees(want)
			w.wantQuiet()

			// A single directory that is gone at the root is sent again.
			w.sides[way.dst].Remove("d1")
			if sum := w.sync(); sum.Uploaded+sum.Downloaded != 1 {
				t.Errorf("%+v\n%s", sum, w.tail())
			}
			w.wantTrees(want)
		}
	}
}

// What a push leaves alone is counted, and so is what it did not look into.
func TestPushSaysWhatItLeft(t *testing.T) {
	for _, way := range ways {
		w := newWorld(t)
		w.opts.Policy.Direction = way.direction
		for i := range 4 {
			w.write(way.src, fmt.Sprintf("d%d/f", i), "x")
		}
		w.write(way.src, "top", "t")
		if sum := w.sync(); sum.NotListed != 0 {
			t.Errorf("a first pass looks everywhere: %+v", sum)
		}
		if sum := w.sync(); sum.NotListed != 4 || sum.LeftAlone != 0 {
			t.Errorf("nothing to do: %+v", sum)
		}
		w.write(way.dst, "top", "edited there")
		w.write(way.dst, "extra", "e")
		if sum := w.sync(); sum.Skipped != 1 || sum.LeftAlone != 1 || sum.NotListed != 4 {
			t.Errorf("an edit and a new file at the root: %+v\n%s", sum, w.tail())
		}
		w.write(way.dst, "d1/f", "edited there")
		w.write(way.dst, "d2/f", "edited there, too")
		w.sides[way.src].Remove("d1/f")
		if sum := w.sync(); sum.Skipped != 2 || sum.DeletedLocal+sum.DeletedRemote != 0 || sum.NotListed != 3 {
			t.Errorf("an edit that blocks a deletion: %+v\n%s", sum, w.tail())
		}
		w.opts.Verify = true
		if sum := w.sync(); sum.Skipped != 2 || sum.LeftAlone != 2 || sum.NotListed != 0 {
			t.Errorf("looking everywhere: %+v\n%s", sum, w.tail())
		}
		if got := w.tree(way.dst)["d1/f"]; got != "edited there" {
			t.Errorf("d1/f = %q", got)
		}
	}
}

// The root of the target is listed once, and nothing else.
func TestPushListsTheRoot(t *testing.T) {
	for _, way := range ways {
		w := newWorld(t)
		w.opts.Policy.Direction = way.direction
		w.write(way.src, "d/e/f", "x")
		w.sync()
		var listed []manifest.Path
		w.sides[way.dst].OnIO = func(op string, p manifest.Path) error {
			if op == "list" {
				listed = append(listed, p)
			}
			return nil
		}
		w.sync()
		if len(listed) != 1 || listed[0] != manifest.Root {
			t.Errorf("listed %q", listed)
		}
	}
}

// A directory of the target that is another one than in the base is listed, since what was
// in it is no longer known to be there.
func TestPushToADirectoryThatWasMadeAnew(t *testing.T) {
	for _, way := range ways {
		w := newWorld(t)
		w.opts.Policy.Direction = way.direction
		w.write(way.src, "d/e/f", "x")
		w.write(way.src, "d/g", "y")
		w.sync()
		for _, gone := range []string{"d/e/f", "d/e", "d/g", "d"} {
			w.sides[way.dst].Remove(gone)
		}
		w.sides[way.dst].Mkdir("d")
		w.sides[way.dst].Mkdir("d/e")
		w.sync()
		w.wantTrees(map[string]string{"d": "/", "d/e": "/", "d/e/f": "x", "d/g": "y"})
	}
}
