package sync_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/replicatest"
)

// A new file may have the identity, the size and the time of a removed one, as builds
// make them. Its content decides.
func TestReusedIdentity(t *testing.T) {
	for _, s := range bothSides {
		for _, c := range []struct {
			name    string
			rebuild func(*world, *sideUser)
			want    map[string]string
			moved   int
		}{
			{"a file", func(w *world, u *sideUser) { u.Reuse("d/a", "d/n", "newer") },
				map[string]string{"d": "/", "d/n": "newer", "d/b": "bbbbb", "d/c": "ccccc"}, 0},
			{"a file with the same content", func(w *world, u *sideUser) { u.Reuse("d/a", "d/n", "aaaaa") },
				map[string]string{"d": "/", "d/n": "aaaaa", "d/b": "bbbbb", "d/c": "ccccc"}, 1},
			{"a directory", func(w *world, u *sideUser) {
				u.Rename("d", "e")
				for _, p := range []string{"a", "b", "c"} {
					u.EditKeepingTime("e/"+p, "new "+p)
				}
			}, map[string]string{"e": "/", "e/a": "new a", "e/b": "new b", "e/c": "new c"}, 0},
			{"a directory with two equal files", func(w *world, u *sideUser) {
				u.Rename("d", "e")
				u.EditKeepingTime("e/b", "new b")
			}, map[string]string{"e": "/", "e/a": "aaaaa", "e/b": "new b", "e/c": "ccccc"}, 2},
			{"a directory, of which every file has another content", func(w *world, u *sideUser) {
				u.Rename("d", "e")
				u.EditKeepingTime("e/a", "bbbbb")
				u.EditKeepingTime("e/b", "ccccc")
				u.EditKeepingTime("e/c", "aaaaa")
			}, map[string]string{"e": "/", "e/a": "bbbbb", "e/b": "ccccc", "e/c": "aaaaa"}, -1},
			{"a renamed directory", func(w *world, u *sideUser) { u.Rename("d", "e") },
				map[string]string{"e": "/", "e/a": "aaaaa", "e/b": "bbbbb", "e/c": "ccccc"}, 1},
		} {
			for _, noSums := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s side, without hashes: %v", c.name, s, noSums), func(t *testing.T) {
					w := newWorld(t)
					w.sides[sync.Remote].NoSums = noSums
					at := w.now()
					for _, p := range []string{"a", "b", "c"} {
						w.sides[s].Write("d/"+p, strings.Repeat(p, 5), at)
					}
					w.sync()
					c.rebuild(w, w.sides[s])
					sum := w.sync()
					w.wantTrees(c.want)
					if c.moved >= 0 && sum.Moved != c.moved {
						t.Errorf("moved %d, want %d\n%s", sum.Moved, c.moved, w.tail())
					}
					w.wantQuiet()
				})
			}
		}
	}
}

type sideUser = replicatest.Memory

// On a server without hashes a renamed directory with a thousand files is not downloaded:
// some contents are sampled, and the others are compared in later passes.
func TestRenamedDirectoryWithoutHashes(t *testing.T) {
	const files = 150
	build := func(t *testing.T) *world {
		w := newWorld(t)
		w.sides[sync.Remote].NoSums = true
		for i := range files {
			w.write(sync.Remote, fmt.Sprintf("old/%03d", i), fmt.Sprintf("content %03d", i))
		}
		w.sync()
		w.sides[sync.Remote].Rename("old", "new")
		return w
	}
	const each = int64(len("content 000"))

	t.Run("a dry run says what it would compare", func(t *testing.T) {
		w := build(t)
		w.opts.DryRun = true
		var why []string
		w.opts.Observer = func(ev sync.Event) {
			if ev, ok := ev.(sync.Planned); ok {
				for _, a := range ev.Plan.Actions.All() {
					why = append(why, string(a.Op)+" "+string(a.Path)+": "+a.Why)
				}
			}
		}
		if sum := w.sync(); sum.BytesDown > 0 || sum.DeletedLocal > 0 {
			t.Errorf("%+v", sum)
		}
		if len(why) != 3 || !strings.Contains(why[0], "compare new/000: looks renamed from old/000") {
			t.Errorf("plan: %q", why)
		}
	})
	t.Run("nothing else happened", func(t *testing.T) {
		w := build(t)
		sum := w.sync()
		if sum.Moved != 1 || sum.BytesDown != 3*each || sum.Downloaded+sum.DeletedLocal > 0 {
			t.Errorf("%+v\n%s", sum, w.tail())
		}
		for _, left := range []int64{64, 64, files - 3 - 128, 0} {
			if sum := w.sync(); sum.BytesDown != left*each || sum.Downloaded+sum.Moved+sum.Uploaded > 0 {
				t.Errorf("%d contents left: %+v", left, sum)
			}
		}
		w.wantQuiet()
	})
	t.Run("a content that no sample shows is another one", func(t *testing.T) {
		w := build(t)
		w.sides[sync.Remote].EditKeepingTime("new/100", "CONTENT 100")
		if sum := w.sync(); sum.Moved != 1 {
			t.Errorf("%+v\n%s", sum, w.tail())
		}
		for range 3 {
			w.sync()
		}
		if got := w.tree(sync.Local)["new/100"]; got != "CONTENT 100" {
			t.Errorf("new/100 = %q\n%s", got, w.tail())
		}
		w.wantQuiet()
	})
	t.Run("a sample is another content", func(t *testing.T) {
		w := build(t)
		for i := range files {
			w.sides[sync.Remote].EditKeepingTime(fmt.Sprintf("new/%03d", i), fmt.Sprintf("CONTENT %03d", i))
		}
		w.opts.Limits.AllowDeletes = true
		if sum := w.sync(); sum.Moved != 0 || sum.Downloaded != files || sum.BytesDown != (3+files)*each {
			t.Errorf("%+v\n%s", sum, w.tail())
		}
		w.wantTrees(w.tree(sync.Remote))
		w.wantQuiet()
	})
}

// An edit that keeps the time is found by the time of the last change; another mode or a
// plain rename transfers nothing, and is read once.
func TestChangeTime(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "a", "one")
	w.write(sync.Local, "b", "two")
	w.sync()
	reads := 0
	w.sides[sync.Local].OnIO = func(op string, _ manifest.Path) error {
		if op == "sum" {
			reads++
		}
		return nil
	}
	w.wantQuiet()
	if reads > 0 {
		t.Errorf("%d files are read at rest", reads)
	}
	w.sides[sync.Local].EditKeepingTime("a", "ONE")
	w.sides[sync.Local].EditKeepingTime("b", "two") // as chmod does
	if sum := w.sync(); sum.Uploaded != 1 || reads != 2 {
		t.Errorf("%+v after %d files were read\n%s", sum, reads, w.tail())
	}
	w.wantTrees(map[string]string{"a": "ONE", "b": "two"})
	reads = 0
	w.wantQuiet()
	if reads > 0 {
		t.Errorf("%d files are read again", reads)
	}
	w.sides[sync.Remote].Rename("b", "c")
	w.sync()
	reads = 0
	w.wantQuiet()
	if reads > 0 {
		t.Errorf("%d files are read after ferry itself renamed one", reads)
	}
}

// --checksum compares the contents of both sides, whatever the stamps say.
func TestChecksumBothSides(t *testing.T) {
	for _, direction := range []sync.Direction{sync.Both, sync.Push, sync.Pull} {
		for _, noSums := range []bool{false, true} {
			w := newWorld(t)
			w.sides[sync.Remote].NoSums = noSums
			for _, p := range []string{"a", "b", "c"} {
				w.write(sync.Local, p, "content of "+p)
			}
			w.sync()
			w.sides[sync.Remote].EditKeepingTime("b", "CONTENT OF B")
			w.wantQuiet()
			w.opts.Policy.Direction, w.opts.Policy.Checksum = direction, true
			sum := w.sync()
			switch got := w.tree(sync.Local)["b"]; {
			case direction == sync.Push && sum.Skipped != 1:
				t.Errorf("push: %+v", sum)
			case direction != sync.Push && (got != "CONTENT OF B" || sum.Downloaded != 1):
				t.Errorf("%s, without hashes: %v: b = %q, %+v", direction, noSums, got, sum)
			}
		}
	}
}

// A dry run with --checksum downloads nothing: it says how many contents it did not
// compare, and shows everything else.
func TestChecksumDryRun(t *testing.T) {
	for _, noSums := range []bool{false, true} {
		w := newWorld(t)
		w.sides[sync.Remote].NoSums = noSums
		for _, p := range []string{"a", "d/b", "d/c"} {
			w.write(sync.Local, p, "content of "+p)
		}
		w.sync()
		w.sides[sync.Remote].EditKeepingTime("a", "CONTENT OF a")
		w.sides[sync.Local].Rename("d", "e")
		w.write(sync.Local, "e/c", "edited")
		w.opts.Policy.Checksum, w.opts.DryRun = true, true
		var plan *sync.Plan
		w.opts.Observer = func(ev sync.Event) {
			if ev, ok := ev.(sync.Planned); ok {
				plan = ev.Plan
			}
		}
		if sum := w.sync(); sum.BytesDown > 0 {
			t.Errorf("%+v", sum)
		}
		want := sync.Summary{DryRun: true, Moved: 1, Uploaded: 1, BytesUp: 6, Downloaded: 1, BytesDown: 12}
		if noSums {
			want.Downloaded, want.BytesDown, want.NotCompared = 0, 0, 3
		}
		if got := plan.Summary(); got != want {
			t.Errorf("without hashes: %v: %+v, want %+v\n%s", noSums, got, want, w.tail())
		}
	}
}

// --adopt takes files as equal by their size only where the server tells no hash.
func TestAdopt(t *testing.T) {
	for _, noSums := range []bool{false, true} {
		w := newWorld(t)
		w.sides[sync.Remote].NoSums = noSums
		w.opts.Policy.Adopt = true
		for _, s := range bothSides {
			w.sides[s].Write("same", "equal", time.Time{})
			w.sides[s].Write("empty", "", time.Time{})
		}
		w.write(sync.Local, "edited", "local ")
		w.write(sync.Remote, "edited", "remote")
		w.write(sync.Remote, "other", "size")
		sum := w.sync()
		want := sync.Summary{Adopted: 2, Downloaded: 2, Uploaded: 1, Conflicts: 1}
		if noSums {
			want = sync.Summary{Adopted: 3, NotCompared: 2, Downloaded: 1}
		}
		got := sync.Summary{Adopted: sum.Adopted, NotCompared: sum.NotCompared, Downloaded: sum.Downloaded, Uploaded: sum.Uploaded, Conflicts: sum.Conflicts}
		if got != want {
			t.Errorf("without hashes: %v: %+v, want %+v\n%s", noSums, got, want, w.tail())
		}
		if read := sum.BytesDown - 4; noSums && read != 0 {
			t.Errorf("%d bytes were downloaded to be compared", read)
		}
		for p, pair := range w.record.Memory {
			if known := pair.Sum != ""; noSums && known && p != "other" {
				t.Errorf("%s has a content in the base that nobody compared", p)
			}
		}
		w.opts.Policy.Adopt = false
		w.wantQuiet()
	}
}
