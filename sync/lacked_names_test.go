package sync_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

// noHash is the encoding of a side that lacks "#".
type noHash struct{}

func (noHash) Encode(name string) (string, error) {
	if strings.Contains(name, "#") {
		return "", errors.New("it has no #")
	}
	return name, nil
}

// TestLackedNames checks that new files under names which the remote side lacks are named and left alone, in full passes
// and over parts, and that one which was renamed to such a name is not deleted on the other side.
func TestLackedNames(t *testing.T) {
	for _, direction := range []sync.Direction{sync.Both, sync.Push, sync.Pull} {
		for _, part := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v, part %v", direction, part), func(t *testing.T) {
				w := newWorld(t)
				w.opts.RemoteNames = noHash{}
				for _, p := range []string{"a", "b", "d/x", "d/y", "e/z"} {
					w.write(sync.Local, p, "content of "+p)
				}
				w.sync()
				w.opts.Policy.Direction = direction
				w.write(sync.Local, "new #1", "new")
				w.write(sync.Local, "#/deep/file", "deep")
				w.sides[sync.Local].Rename("a", "a#")
				w.sides[sync.Local].Rename("d", "d#")
				for range 2 {
					var sum sync.Summary
					if part {
						sum = w.part([]string{"a", "a#", "d", "d#", "new #1", "#"})
					} else {
						sum = w.sync()
					}
					writes := direction != sync.Pull
					if sum.DeletedLocal+sum.DeletedRemote+sum.Uploaded+sum.Moved > 0 || writes != (sum.Twins > 0) || writes && sum.Skipped != 6 {
						t.Errorf("%+v\n%s", sum, w.tail())
					}
				}
				there := w.tree(sync.Remote)
				if there["a"] == "" || there["d/x"] == "" || there["d/y"] == "" || len(there) != 7 {
					t.Errorf("on the remote side: %q", there)
				}
				if here := w.tree(sync.Local); here["a#"] == "" || here["d#/x"] == "" || here["#/deep/file"] == "" || here["new #1"] == "" {
					t.Errorf("on the local side: %q", here)
				}
				if direction == sync.Pull {
					return // what was renamed here came back from there
				}
				w.opts.Policy.Direction = sync.Both
				for _, p := range []string{"a#", "d#"} {
					w.sides[sync.Local].Rename(p, "renamed "+p[:1])
				}
				w.sides[sync.Local].Rename("new #1", "new")
				w.sides[sync.Local].Remove("#")
				if sum := w.sync(); sum.Twins > 0 || sum.Uploaded != 1 || sum.Moved == 0 {
					t.Errorf("with names that it has: %+v\n%s", sum, w.tail())
				}
				w.wantTrees(w.tree(sync.Local))
				w.wantQuiet()
			})
		}
	}
}

// TestNamesThatTheLocalSideLacks is TestLackedNames the other way round, as on Windows.
func TestNamesThatTheLocalSideLacks(t *testing.T) {
	for _, direction := range []sync.Direction{sync.Both, sync.Push, sync.Pull} {
		for _, part := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v, part %v", direction, part), func(t *testing.T) {
				w := newWorld(t)
				w.opts.LocalNames = noHash{}
				for _, p := range []string{"a", "b", "d/x", "e/z"} {
					w.write(sync.Remote, p, "content of "+p)
				}
				w.sync()
				w.opts.Policy.Direction = direction
				w.write(sync.Remote, "new #1", "new")
				w.write(sync.Remote, "#/deep/file", "deep")
				w.write(sync.Remote, "fine", "fine")
				w.sides[sync.Remote].Rename("a", "a#")
				w.sides[sync.Remote].Rename("d", "d#")
				for n := range 2 {
					var sum sync.Summary
					if part {
						var err error
						scope := sync.Scope{Remote: []manifest.Path{manifest.Root, "d", "d#"}}
						sum, err = sync.New(w.sides[0], w.sides[1], w.record, w.opts).SyncPaths(w.ctx(), scope)
						if err != nil || sum.Failed > 0 {
							t.Fatalf("%v, %+v\n%s", err, sum, w.tail())
						}
					} else {
						sum = w.sync()
					}
					writes := direction != sync.Push
					if sum.DeletedLocal+sum.DeletedRemote+sum.Moved > 0 || writes != (sum.Twins > 0) || writes && sum.Downloaded != 1-n {
						t.Errorf("%+v\n%s", sum, w.tail())
					}
				}
				here := w.tree(sync.Local)
				if here["a"] == "" || here["d/x"] == "" || (direction != sync.Push) != (here["fine"] != "") {
					t.Errorf("on the local side: %q", here)
				}
				for p := range here {
					if strings.Contains(p, "#") {
						t.Errorf("on the local side: %q", p)
					}
				}
			})
		}
	}
}

// TestLackedSpelling checks that a name which the remote side has only as the local side spells it is carried over, and one
// that it shows in a spelling of its own is not left alone.
func TestLackedSpelling(t *testing.T) {
	w := newWorld(t)
	w.opts.RemoteNames = composed{}
	w.write(sync.Local, "e\u0301", "decomposed")
	w.write(sync.Remote, "o\u0301", "decomposed there")
	if sum := w.sync(); sum.Twins > 0 || sum.Uploaded != 1 || sum.Downloaded != 1 {
		t.Errorf("%+v\n%s", sum, w.tail())
	}
	w.sides[sync.Local].Remove("o\u0301")
	w.sides[sync.Local].Remove("\u00f3")
	if sum := w.sync(); sum.Twins > 0 || sum.DeletedRemote != 1 {
		t.Errorf("%+v\n%s", sum, w.tail())
	}
}

// composed lacks all composed characters.
type composed struct{}

func (composed) Encode(name string) (string, error) {
	if strings.ContainsAny(name, "\u00e9\u00f3") {
		return "", errors.New("it has no composed characters")
	}
	return name, nil
}

// TestLackedHistories makes random renames and new files, on both sides, with many names that the remote side lacks. As
// nobody removes anything, no content may ever leave the side that has it.
func TestLackedHistories(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		w := newWorld(t)
		w.opts.RemoteNames = noHash{}
		name := func(s sync.Side) string {
			names := []string{"a", "b", "c", "d/a", "d/b", "e/a"}
			if s == sync.Local {
				names = append(names, "#a", "b#", "d/#", "#/a", "e#/b")
			}
			return names[r.IntN(len(names))]
		}
		has := [2]map[string]bool{{}, {}}
		for step := range 40 {
			s := bothSides[r.IntN(2)]
			if p := name(s); r.IntN(3) > 0 {
				q := name(s)
				if w.sides[s].Entry(p).IsFile() && !w.sides[s].Entry(q).Exists() && w.sides[s].Entry(string(manifest.Path(q).Parent())).IsDir() {
					w.sides[s].Rename(p, q)
				}
			} else if !w.sides[s].Entry(p).Exists() {
				content := fmt.Sprintf("content %d", step)
				w.write(s, p, content)
				has[s][content] = true
			}
			if r.IntN(3) > 0 {
				continue
			}
			if sum, err := w.pass(); err != nil {
				t.Fatalf("seed %d: %v, %+v\n%s", seed, err, sum, w.tail())
			}
			for _, s := range bothSides {
				now := w.everywhere(s)
				for content, file := range has[s] {
					if file && !now[content] {
						t.Fatalf("seed %d, step %d: the %v side has lost %q\n%s", seed, step, s, content, w.tail())
					}
				}
				for p, content := range w.tree(s) {
					if has[s][content] = content != "/"; s == sync.Remote && strings.Contains(p, "#") {
						t.Fatalf("seed %d: the remote side has %q\n%s", seed, p, w.tail())
					}
				}
			}
		}
	}
}
