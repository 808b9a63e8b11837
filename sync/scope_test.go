package sync_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/manifest/manifesttest"
	"ferry/sync"
)

// part makes a pass with a scope, which must not fail.
func (w *world) part(local []string, remote ...string) sync.Summary {
	w.t.Helper()
	sum, err := w.passOver(scopeOf(local, remote...))
	if err != nil || sum.Failed > 0 {
		w.t.Fatalf("pass over %v, %v: %v, %+v\n%s", local, remote, err, sum, w.tail())
	}
	return sum
}

func (w *world) passOver(scope sync.Scope) (sync.Summary, error) {
	return sync.New(w.sides[0], w.sides[1], w.record, w.opts).SyncPaths(w.ctx(), scope)
}

func scopeOf(local []string, remote ...string) (scope sync.Scope) {
	for _, p := range local {
		scope.Local = append(scope.Local, manifest.Path(p))
	}
	for _, p := range remote {
		scope.Remote = append(scope.Remote, manifest.Path(p))
	}
	return scope
}

// listings records which directories passes list from now on, like "local d0".
func (w *world) listings() *[]string {
	var all []string
	for _, s := range bothSides {
		w.sides[s].OnIO = func(op string, p manifest.Path) error {
			if op == "list" {
				all = append(all, strings.TrimSpace(s.String()+" "+string(p)))
			}
			return nil
		}
	}
	return &all
}

// did counts what a pass changed on both sides.
func did(sum sync.Summary) int {
	return sum.Uploaded + sum.Downloaded + sum.DeletedLocal + sum.DeletedRemote + sum.Moved + sum.MadeDirs + sum.Conflicts
}

// TestPassOverAPart checks what passes with a scope list and do. Each case starts
// with both sides in step. A full pass afterwards finds nothing more to do.
func TestPassOverAPart(t *testing.T) {
	type side = map[string]string
	tree := func() map[string]string {
		return map[string]string{"top": "t", "a/one": "1", "a/two": "2", "a/sub/deep": "d", "a/sub/deeper/x": "x", "b/three": "3", "b/four": "4", "c/five": "5", "c/six": "6"}
	}
	L, R := sync.Local, sync.Remote
	for _, c := range []struct {
		name          string
		change        func(w *world)
		policy        func(o *sync.Options)
		local, remote []string // the scope
		listed        string
		did           sync.Summary
		also          map[string]string // nil: the local tree says what both are to hold
		later         sync.Summary      // what a pass over everything finds then
	}{
		{
			name:   "an edited local file",
			change: func(w *world) { w.write(L, "a/one", "edited") },
			local:  []string{"a/one"},
			listed: "local a, remote a",
			did:    sync.Summary{Uploaded: 1},
		}, {
			name:   "nothing happened at the path",
			change: func(w *world) {},
			local:  []string{"a/one", "b/four"},
			listed: "local a, local b",
		}, {
			name:   "a new local file in a directory that is there",
			change: func(w *world) { w.write(L, "a/sub/new", "n") },
			local:  []string{"a/sub/new"},
			listed: "local a/sub, remote a/sub",
			did:    sync.Summary{Uploaded: 1},
		}, {
			name:   "a new local file below directories that are new",
			change: func(w *world) { w.write(L, "n/e/w", "n") },
			local:  []string{"n/e/w"},
			listed: "local, local n, local n/e, remote",
			did:    sync.Summary{Uploaded: 1, MadeDirs: 2},
		}, {
			name:   "a deleted local file",
			change: func(w *world) { w.sides[L].Remove("a/one") },
			local:  []string{"a/one"},
			listed: "local a, remote a",
			did:    sync.Summary{DeletedRemote: 1},
		}, {
			name: "what is gone and not named is left alone, though it lies beside what is",
			change: func(w *world) {
				w.write(L, "new", "n")
				w.sides[L].Remove("a")
				w.sides[L].Remove("top")
			},
			local:  []string{"new"},
			listed: "local, remote",
			did:    sync.Summary{Uploaded: 1},
			also:   side{},
			later:  sync.Summary{DeletedRemote: 8},
		}, {
			name:   "a deleted local directory",
			change: func(w *world) { w.sides[L].Remove("a") },
			local:  []string{"a"},
			listed: "local, remote, remote a, remote a/sub, remote a/sub/deeper",
			did:    sync.Summary{DeletedRemote: 7},
		}, {
			name:   "a local directory that is gone, told of by a file in it",
			change: func(w *world) { w.sides[L].Remove("a/sub") },
			local:  []string{"a/sub/deeper/x"},
			listed: "local a/sub/deeper, local a/sub, local a, remote a, remote a/sub, remote a/sub/deeper",
			did:    sync.Summary{DeletedRemote: 4},
		}, {
			name: "a deleted local directory that holds something new on the server",
			change: func(w *world) {
				w.sides[L].Remove("a/sub")
				w.write(R, "a/sub/deeper/new", "n")
			},
			local:  []string{"a/sub"},
			listed: "local a, remote a, remote a/sub, remote a/sub/deeper",
			did:    sync.Summary{DeletedRemote: 2, Downloaded: 1, MadeDirs: 2},
			also:   side{"a/sub": "/", "a/sub/deeper": "/", "a/sub/deeper/new": "n"},
		}, {
			name:   "a renamed local file",
			change: func(w *world) { w.sides[L].Rename("a/one", "b/uno") },
			local:  []string{"a/one", "b/uno"},
			listed: "local a, local b, remote a, remote b",
			did:    sync.Summary{Moved: 1},
		}, {
			name:   "a renamed local file, told of by its new name only, beside the old one",
			change: func(w *world) { w.sides[L].Rename("a/one", "a/uno") },
			local:  []string{"a/uno"},
			listed: "local a, remote a",
			did:    sync.Summary{Moved: 1},
		}, {
			name:   "a renamed local directory",
			change: func(w *world) { w.sides[L].Rename("a", "b/z") },
			local:  []string{"a", "b/z"},
			listed: "local, local b, local b/z, local b/z/sub, local b/z/sub/deeper, remote, remote b",
			did:    sync.Summary{Moved: 1},
		}, {
			name: "an edit in a renamed local directory looks at the server under the old name",
			change: func(w *world) {
				w.sides[L].Rename("a", "z")
				w.write(L, "z/sub/deep", "edited")
			},
			local:  []string{"a", "z"},
			listed: "local, local z, local z/sub, local z/sub/deeper, remote, remote a/sub",
			did:    sync.Summary{Moved: 1, Uploaded: 1},
		}, {
			name:   "one half of a renamed directory",
			change: func(w *world) { w.sides[L].Rename("a/sub", "b/sub") },
			local:  []string{"b/sub"},
			listed: "local b, local b/sub, local b/sub/deeper, remote b",
			did:    sync.Summary{Uploaded: 2, MadeDirs: 2},
			also:   side{},
		}, {
			name: "a local file where a directory was",
			change: func(w *world) {
				w.sides[L].Remove("a/sub")
				w.write(L, "a/sub", "file")
			},
			local:  []string{"a/sub"},
			listed: "local a, remote a, remote a/sub, remote a/sub/deeper",
			did:    sync.Summary{DeletedRemote: 4, Uploaded: 1},
		}, {
			name: "a local directory where a file was",
			change: func(w *world) {
				w.sides[L].Remove("a/one")
				w.write(L, "a/one/x", "file")
			},
			local:  []string{"a/one/x"},
			listed: "local a, local a/one, remote a",
			did:    sync.Summary{DeletedRemote: 1, MadeDirs: 1, Uploaded: 1},
		}, {
			name:   "a changed file on the server",
			change: func(w *world) { w.write(R, "a/one", "edited") },
			remote: []string{"a", "b"},
			listed: "remote a, remote b, local a",
			did:    sync.Summary{Downloaded: 1},
			also:   side{"a/one": "edited"},
		}, {
			name: "new directories on the server",
			change: func(w *world) {
				w.write(R, "b/n/e/w", "new")
				w.sides[R].Mkdir("b/n/empty")
			},
			remote: []string{"b"},
			listed: "remote b, remote b/n, remote b/n/e, remote b/n/empty, local b",
			did:    sync.Summary{Downloaded: 1, MadeDirs: 3},
			also:   side{"b/n": "/", "b/n/e": "/", "b/n/e/w": "new", "b/n/empty": "/"},
		}, {
			name:   "a directory that is new on the server and polled before it was known",
			change: func(w *world) { w.write(R, "b/n/w", "new") },
			remote: []string{"b/n"},
			listed: "remote b, remote b/n, local b",
			did:    sync.Summary{Downloaded: 1, MadeDirs: 1},
			also:   side{"b/n": "/", "b/n/w": "new"},
		}, {
			name:   "a polled directory that is gone on the server",
			change: func(w *world) { w.sides[R].Remove("a/sub") },
			remote: []string{"a/sub"},
			listed: "remote a/sub, remote a, local a, local a/sub, local a/sub/deeper",
			did:    sync.Summary{DeletedLocal: 4},
		}, {
			name: "another directory of the same name on the server",
			change: func(w *world) {
				w.sides[R].Remove("a/sub")
				w.sides[R].Mkdir("a/sub")
			},
			remote: []string{"a"},
			listed: "remote a, remote a/sub, local a/sub, local a/sub/deeper",
			did:    sync.Summary{DeletedLocal: 3},
		}, {
			name:   "a renamed directory on the server",
			change: func(w *world) { w.sides[R].Rename("a/sub", "b/sub") },
			remote: []string{"a", "b"},
			listed: "remote a, remote b, remote b/sub, remote b/sub/deeper, local a, local b",
			did:    sync.Summary{Moved: 1, ByHash: 2},
		}, {
			name: "a conflict",
			change: func(w *world) {
				w.write(L, "a/one", "by local")
				w.write(R, "a/one", "by remote")
			},
			local:  []string{"a/one"},
			listed: "local a, remote a",
			did:    sync.Summary{Conflicts: 1, ConflictsWaiting: 1, Uploaded: 1, Downloaded: 1},
		}, {
			name: "equal changes on both sides",
			change: func(w *world) {
				w.write(L, "a/one", "same")
				w.write(R, "a/one", "same")
			},
			local:  []string{"a/one"},
			listed: "local a, remote a",
			did:    sync.Summary{Adopted: 1, ByHash: 1},
		}, {
			name: "an edited local file that is gone on the server",
			change: func(w *world) {
				w.write(L, "a/one", "edited")
				w.sides[R].Remove("a/one")
			},
			local:  []string{"a/one"},
			listed: "local a, remote a",
			did:    sync.Summary{Uploaded: 1},
		}, {
			name: "a deleted local file that was edited on the server",
			change: func(w *world) {
				w.sides[L].Remove("a/one")
				w.write(R, "a/one", "edited")
			},
			local:  []string{"a/one"},
			listed: "local a, remote a",
			did:    sync.Summary{Downloaded: 1},
			also:   side{"a/one": "edited"},
		}, {
			name:   "what is ignored does nothing",
			change: func(w *world) { w.write(L, "a/x.log", "noise"); w.write(L, "logs/y", "noise") },
			policy: func(o *sync.Options) {
				o.Ignore = func(p manifest.Path, dir bool) bool { return strings.HasSuffix(string(p), ".log") || p == "logs" }
			},
			local: []string{"a/x.log", "logs", "logs/y"},
		}, {
			name:   "a push of an edited file",
			change: func(w *world) { w.write(L, "a/one", "edited"); w.write(R, "b/three", "theirs") },
			policy: func(o *sync.Options) { o.Policy.Direction = sync.Push },
			local:  []string{"a/one"},
			listed: "local a, remote a",
			did:    sync.Summary{Uploaded: 1},
		}, {
			name:   "an exact push looks at the same directories of its target",
			change: func(w *world) { w.write(R, "a/theirs", "x"); w.write(R, "a/one", "theirs") },
			policy: func(o *sync.Options) { o.Policy.Direction, o.Policy.Exact = sync.Push, true },
			local:  []string{"a/one"},
			listed: "local a, remote a",
			did:    sync.Summary{Uploaded: 1, DeletedRemote: 1},
		}, {
			name:   "a pull of what a directory holds",
			change: func(w *world) { w.write(R, "a/one", "edited"); w.sides[R].Remove("a/two") },
			policy: func(o *sync.Options) { o.Policy.Direction = sync.Pull },
			remote: []string{"a"},
			listed: "remote a, local a",
			did:    sync.Summary{Downloaded: 1, DeletedLocal: 1},
			also:   side{"a/one": "edited"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			for p, content := range tree() {
				w.write(L, p, content)
			}
			w.sync()
			if c.policy != nil {
				c.policy(&w.opts)
			}
			c.change(w)
			listed := w.listings()
			sum := w.part(c.local, c.remote...)
			got := slices.Clone(*listed)
			if c.did.BytesDown == 0 {
				sum.BytesDown = 0
			}
			sum.BytesUp, sum.Seconds = 0, 0
			if sum != c.did {
				t.Errorf("did %+v\nwant %+v\n%s", sum, c.did, w.tail())
			}
			want := strings.Split(c.listed, ", ")
			if c.listed == "" {
				want = nil
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("listed %q\nwant   %q", got, want)
			}
			if c.also != nil {
				for p, content := range c.also {
					if w.tree(L)[p] != content {
						t.Errorf("%s is %q on the local side, want %q", p, w.tree(L)[p], content)
					}
				}
			}
			if c.later != (sync.Summary{}) {
				sum := w.sync()
				if sum.Seconds = 0; sum != c.later {
					t.Errorf("a pass over everything then did %+v\nwant %+v", sum, c.later)
				}
			}
			if c.policy != nil || c.name == "one half of a renamed directory" {
				return
			}
			w.wantTrees(w.tree(L))
			base := fmt.Sprint(w.record.Memory)
			w.wantQuiet()
			if after := fmt.Sprint(w.record.Memory); after != base {
				t.Errorf("a pass over everything recorded\n%s\nwhere the part left\n%s", after, base)
			}
		})
	}
}

// TestPartThatIsNotEnough checks when a pass with a scope becomes a full pass.
func TestPartThatIsNotEnough(t *testing.T) {
	all := "local, local d0, local d1, local d2, remote, remote d0, remote d1, remote d2"
	for _, c := range []struct {
		name   string
		change func(w *world)
		local  []string
		remote []string
	}{
		{"the root itself", func(*world) {}, []string{""}, nil},
		{"no base", func(w *world) { w.record.Memory = manifesttest.Memory{} }, []string{"d0/f0"}, nil},
		{"another root", func(w *world) { w.record.remote = "another" }, []string{"d0/f0"}, nil},
		{"times that moved at once", func(w *world) { w.shiftTimes(func(int) time.Duration { return time.Hour }) }, nil, []string{"d0"}},
		{"identities that changed at once", (*world).renumber, nil, []string{"d0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.fill(30)
			c.change(w)
			listed := w.listings()
			if sum := w.part(c.local, c.remote...); sum.Uploaded+sum.Downloaded+sum.DeletedLocal+sum.DeletedRemote > 0 {
				t.Errorf("%+v\n%s", sum, w.tail())
			}
			got := slices.Compact(slices.Sorted(slices.Values(*listed)))
			if strings.Join(got, ", ") != all {
				t.Errorf("listed %q", got)
			}
		})
	}
}
