package sync_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/manifest/manifesttest"
	"ferry/sync"
	"ferry/sync/replicatest"
)

// baseSound checks that what a cancelled pass recorded is true: what was forgotten is
// on neither side, and what was recorded is equal on both. What is recorded below a
// renamed directory keeps its record under the new name.
func (w *world) baseSound(before manifesttest.Memory) {
	w.t.Helper()
	local, remote := w.tree(sync.Local), w.tree(sync.Remote)
	still := func(tree map[string]string, p manifest.Path, pair manifest.Pair) bool {
		content, there := tree[string(p)]
		if content == "/" || pair.Kind() == manifest.Dir {
			return content == "/" && pair.Kind() == manifest.Dir
		}
		return there && sumOf(content) == pair.Sum
	}
	for p, pair := range before {
		_, based := w.record.Memory[p]
		ignored := w.opts.Ignore != nil && w.opts.Ignore(p, pair.Kind() == manifest.Dir)
		if !based && !ignored && (still(local, p, pair) || still(remote, p, pair)) {
			w.t.Fatalf("%s was forgotten, but local: %q, remote: %q\n%s", p, local[string(p)], remote[string(p)], w.tail())
		}
	}
	for p, pair := range w.record.Memory {
		here, isHere := local[string(p)]
		there, isThere := remote[string(p)]
		sound := isHere && isThere && here == there && pair.Local.Kind == pair.Remote.Kind &&
			(here == "/") == (pair.Kind() == manifest.Dir) && (here == "/" || pair.Sum == "" || pair.Sum == sumOf(here))
		if before[p] != pair && !sound && !w.movedRecord(before, pair) {
			w.t.Fatalf("%s was recorded as %+v, but local: %q, remote: %q\n%s", p, pair, here, there, w.tail())
		}
	}
}

// movedRecord reports whether pair was recorded under a path that is not in the
// base any more.
func (w *world) movedRecord(before manifesttest.Memory, pair manifest.Pair) bool {
	bare := func(pair manifest.Pair) manifest.Pair {
		pair.Local.Name, pair.Remote.Name = "", ""
		return pair
	}
	for p, was := range before {
		if _, still := w.record.Memory[p]; !still && bare(was) == bare(pair) {
			return true
		}
	}
	return false
}

// A cancelling is a pass that is cancelled at one operation. It checks that nothing
// begins afterwards.
type cancelling struct {
	*world
	at      int  // the operation, counted from 1; 0: none
	after   bool // cancel after the operation has taken effect, and lose the reply
	refuse  func(op string, p manifest.Path) error
	ops     int
	stop    context.CancelCauseFunc
	running bool // while a side carries out a run: what it has done may be recorded
	locked  int
}

// op is called before every operation on a side.
func (c *cancelling) op(op string, p manifest.Path) error {
	c.ops++
	c.logf("    %d %s %s", c.ops, op, p)
	if c.ops == c.at {
		c.logf("cancelled, after: %v", c.after)
		c.stop(errCancelled)
		if c.after {
			return replicatest.ErrLostReply
		}
	}
	if c.refuse != nil {
		return c.refuse(op, p)
	}
	return nil
}

// begins checks that what is about to begin is not in a cancelled pass.
func (c *cancelling) begins(ctx context.Context, what string) {
	if ctx.Err() != nil {
		c.t.Errorf("%s began in a cancelled pass\n%s", what, c.tail())
	}
}

// A cancelledSide is one side of the pair, as a cancelled pass uses it.
type cancelledSide struct {
	sync.Replica
	c *cancelling
}

func (s cancelledSide) Root(ctx context.Context, create bool) (sync.RootState, error) {
	s.c.begins(ctx, "looking at a root")
	return s.Replica.Root(ctx, create)
}

func (s cancelledSide) Scan(ctx context.Context, look sync.Look) (*manifest.Tree, error) {
	s.c.begins(ctx, "a scan")
	return s.Replica.Scan(ctx, look)
}

func (s cancelledSide) Gone(ctx context.Context, paths []manifest.Path, was []manifest.Entry) []error {
	s.c.begins(ctx, "a confirmation")
	return s.Replica.Gone(ctx, paths, was)
}

func (s cancelledSide) Sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error) {
	s.c.begins(ctx, "a comparison")
	return s.Replica.Sum(ctx, p, want)
}

func (s cancelledSide) Apply(ctx context.Context, run []sync.Step, done func(i int, out sync.Outcome)) {
	s.c.begins(ctx, "a run of "+run[0].Op.String())
	s.c.running = true
	s.Replica.Apply(ctx, run, done)
	s.c.running = false
}

func (s cancelledSide) Tidy(ctx context.Context) error {
	s.c.begins(ctx, "tidying up")
	return s.Replica.Tidy(ctx)
}

func (s cancelledSide) Sweep(ctx context.Context, sweep sync.Sweep) error {
	s.c.begins(ctx, "sweeping")
	return s.Replica.Sweep(ctx, sweep)
}

func (s cancelledSide) Lock(ctx context.Context) (func(), bool, error) {
	s.c.begins(ctx, "locking")
	if err := errors.Join(s.c.op("lock", manifest.Root), context.Cause(ctx)); err != nil {
		return nil, false, err
	}
	s.c.locked++
	return func() { s.c.locked-- }, false, nil
}

// A cancelledBook is the base of a cancelled pass.
type cancelledBook struct {
	*memoryRecord
	c   *cancelling
	ctx context.Context
}

func (b cancelledBook) records(what string) {
	if !b.c.running {
		b.c.begins(b.ctx, "recording "+what)
	}
}

func (b cancelledBook) Set(p manifest.Path, pair manifest.Pair) error {
	b.records(string(p))
	return b.memoryRecord.Set(p, pair)
}

func (b cancelledBook) Forget(p manifest.Path) error {
	b.records("that " + string(p) + " is gone")
	return b.memoryRecord.Forget(p)
}

func (b cancelledBook) Rename(from, to manifest.Path) error {
	b.records("the new name " + string(to))
	return b.memoryRecord.Rename(from, to)
}

func (b cancelledBook) SetRoots(l, r string) error {
	b.records("the roots")
	return b.memoryRecord.SetRoots(l, r)
}

// pass makes the pass.
func (c *cancelling) pass(scope *sync.Scope) error {
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)
	c.stop = stop
	for s := range c.sides {
		c.sides[s].OnIO = c.op
	}
	opts := c.opts
	opts.Allow = func(ctx context.Context, _ *sync.Plan) error {
		c.begins(ctx, "asking for leave")
		return nil
	}
	e := sync.New(cancelledSide{c.sides[sync.Local], c}, cancelledSide{c.sides[sync.Remote], c}, cancelledBook{c.record, c, ctx}, opts)
	var err error
	if scope == nil {
		_, err = e.Sync(ctx)
	} else {
		_, err = e.SyncPaths(ctx, *scope)
	}
	for s := range c.sides {
		c.sides[s].OnIO = nil
		if c.refuse != nil {
			c.sides[s].OnIO = c.refuse
		}
	}
	if c.locked != 0 {
		c.t.Errorf("%d locks are left\n%s", c.locked, c.tail())
	}
	return err
}

// A cancelCase is a pair in which there is something of one kind to do.
type cancelCase struct {
	name   string
	before func(w *world) // what both sides have in step
	change func(w *world)
	policy func(o *sync.Options)
	refuse func(op string, p manifest.Path) error
}

// start returns a world in which the pass of c is to be made.
func (c cancelCase) start(t *testing.T) (w *world, scope sync.Scope) {
	w = newWorld(t)
	w.opts.Limits = sync.Limits{MaxDeletes: -1, MaxDeletePercent: -1}
	w.write(sync.Local, "stays", "always there") // so that no side is ever emptied
	if c.before != nil {
		c.before(w)
	}
	w.sync()
	paths := map[manifest.Path]bool{}
	note := func() {
		for _, s := range bothSides {
			for p := range w.tree(s) {
				paths[manifest.Path(p)] = true
			}
		}
	}
	note()
	c.change(w)
	note()
	if c.policy != nil {
		c.policy(&w.opts)
	}
	scope.Local = slices.SortedFunc(maps.Keys(paths), manifest.Path.Compare)
	scope.Remote = append(scope.Local, manifest.Root)
	return w, scope
}

// rest makes passes until there is nothing to do.
func (w *world) rest() {
	w.t.Helper()
	w.clock = w.clock.Add(48 * time.Hour) // by then, half-written files are old
	for n := 0; ; n++ {
		sum, err := w.pass()
		switch {
		case err != nil || sum.Problems > 0 || n == 6:
			w.t.Fatalf("pass %d after the cancelled one: %+v, %v\n%s", n, sum, err, w.tail())
		case did(sum)+sum.Adopted+sum.Failed == 0:
			return
		}
	}
}

// cancelCases are all kinds of action, and what rests on them.
var cancelCases = []cancelCase{
	{
		name:   "a renamed and touched file, by local",
		before: func(w *world) { w.write(sync.Local, "a", "alpha") },
		change: func(w *world) {
			w.sides[sync.Local].Rename("a", "b")
			w.sides[sync.Local].Write("b", "alpha", w.now())
		},
	}, {
		name:   "a renamed and touched directory, by remote",
		before: func(w *world) { w.write(sync.Local, "d/a", "alpha"); w.write(sync.Local, "d/b", "beta") },
		change: func(w *world) {
			w.sides[sync.Remote].Rename("d", "e")
			w.sides[sync.Local].Write("d/a", "alpha", w.now())
		},
	}, {
		name:   "a renamed directory, and an equal new file in it",
		before: func(w *world) { w.write(sync.Local, "d/a", "alpha") },
		change: func(w *world) {
			w.sides[sync.Local].Rename("d", "e")
			w.write(sync.Local, "e/n", "new")
			w.write(sync.Remote, "d/n", "new")
		},
	}, {
		name: "a renamed directory, and a file and a directory in it gone on both sides",
		before: func(w *world) {
			w.write(sync.Local, "d/a", "alpha")
			w.write(sync.Local, "d/b", "beta")
			w.write(sync.Local, "d/s/c", "gamma")
		},
		change: func(w *world) {
			w.sides[sync.Local].Rename("d", "e")
			for _, p := range []string{"b", "s"} {
				w.sides[sync.Local].Remove("e/" + p)
				w.sides[sync.Remote].Remove("d/" + p)
			}
		},
	}, {
		name:   "a renamed directory, and new directories in it on both sides",
		before: func(w *world) { w.write(sync.Local, "d/a", "alpha") },
		change: func(w *world) {
			w.sides[sync.Local].Rename("d", "e")
			w.write(sync.Local, "e/l/n", "local")
			w.write(sync.Remote, "d/r/n", "remote")
		},
	}, {
		name:   "renames into new directories, both ways",
		before: func(w *world) { w.write(sync.Local, "a", "alpha"); w.write(sync.Local, "b", "beta") },
		change: func(w *world) {
			w.sides[sync.Local].Mkdir("l/m")
			w.sides[sync.Local].Rename("a", "l/m/a")
			w.sides[sync.Remote].Mkdir("r/s")
			w.sides[sync.Remote].Rename("b", "r/s/b")
		},
	}, {
		name: "renames within one another, both ways",
		before: func(w *world) {
			w.write(sync.Local, "d/a", "alpha")
			w.write(sync.Local, "d/b", "beta")
		},
		change: func(w *world) {
			w.sides[sync.Local].Rename("d", "e")
			w.sides[sync.Remote].Mkdir("d/sub")
			w.sides[sync.Remote].Rename("d/a", "d/sub/a")
		},
	}, {
		name:   "a refused rename",
		before: func(w *world) { w.write(sync.Local, "d/a", "alpha"); w.write(sync.Local, "d/b", "beta") },
		change: func(w *world) { w.sides[sync.Local].Rename("d", "e"); w.write(sync.Remote, "n", "new") },
		refuse: func(op string, p manifest.Path) error {
			if op == "rename" && p == "e" {
				return errors.New("550 directories are not renamed here")
			}
			return nil
		},
	}, {
		name:   "a rename, and equal and gone files beside it",
		before: func(w *world) { w.write(sync.Local, "a", "alpha"); w.write(sync.Local, "g", "gone") },
		change: func(w *world) {
			w.sides[sync.Local].Rename("a", "b")
			for _, s := range bothSides {
				w.write(s, "n", "new")
				w.sides[s].Remove("g")
			}
		},
	}, {
		name:   "a conflict that keeps both",
		before: func(w *world) { w.write(sync.Local, "d/a", "one") },
		change: func(w *world) { w.write(sync.Local, "d/a", "local"); w.write(sync.Remote, "d/a", "remote") },
	}, {
		name:   "a conflict that one side wins",
		before: func(w *world) { w.write(sync.Local, "a", "one"); w.write(sync.Local, "b", "one") },
		change: func(w *world) { w.write(sync.Local, "a", "local"); w.write(sync.Remote, "a", "remote") },
		policy: func(o *sync.Options) { o.Policy.Conflict = sync.RemoteWins },
	}, {
		name:   "a new file here, a new directory there",
		change: func(w *world) { w.write(sync.Local, "x", "file"); w.write(sync.Remote, "x/f", "in it") },
	}, {
		name:   "directories in the place of files, both ways",
		before: func(w *world) { w.write(sync.Local, "l", "one"); w.write(sync.Local, "r", "two") },
		change: func(w *world) {
			w.sides[sync.Local].Remove("l")
			w.write(sync.Local, "l/s/f", "three")
			w.sides[sync.Remote].Remove("r")
			w.write(sync.Remote, "r/s/f", "four")
		},
	}, {
		name: "files in the place of directories, both ways",
		before: func(w *world) {
			for _, p := range []string{"l/a", "l/s/b", "r/a", "r/s/b"} {
				w.write(sync.Local, p, "content of "+p)
			}
		},
		change: func(w *world) {
			w.sides[sync.Local].Remove("l")
			w.write(sync.Local, "l", "file l")
			w.sides[sync.Remote].Remove("r")
			w.write(sync.Remote, "r", "file r")
		},
	}, {
		name: "new directories and files, both ways",
		change: func(w *world) {
			w.write(sync.Local, "l/m/a", "one")
			w.write(sync.Local, "l/b", "two")
			w.write(sync.Remote, "r/m/a", "three")
			w.write(sync.Remote, "r/b", "four")
		},
	}, {
		name:   "edits, both ways",
		before: func(w *world) { w.write(sync.Local, "l", "one"); w.write(sync.Local, "r", "two") },
		change: func(w *world) { w.write(sync.Local, "l", "three"); w.write(sync.Remote, "r", "four") },
	}, {
		name: "deletions, both ways",
		before: func(w *world) {
			for _, p := range []string{"l/a", "l/s/b", "x", "r/a", "r/s/b", "y"} {
				w.write(sync.Local, p, "content of "+p)
			}
		},
		change: func(w *world) {
			for s, paths := range [][]string{{"l", "x"}, {"r", "y"}} {
				for _, p := range paths {
					w.sides[s].Remove(p)
				}
			}
		},
	}, {
		name: "deletions without a trash",
		before: func(w *world) {
			w.write(sync.Local, "l/a", "one")
			w.write(sync.Local, "b", "two")
		},
		change: func(w *world) {
			w.sides[sync.Local].Remove("l")
			w.sides[sync.Local].Rename("b", "c")
			w.sides[sync.Local].Write("c", "two", w.now())
		},
		policy: func(o *sync.Options) { o.Policy.Trash = [2]bool{} },
	}, {
		name:   "an exact push",
		before: func(w *world) { w.write(sync.Local, "a", "one"); w.write(sync.Local, "d/b", "two") },
		change: func(w *world) {
			w.sides[sync.Local].Rename("d", "e")
			w.write(sync.Remote, "a", "theirs")
			w.write(sync.Remote, "x/y", "theirs")
		},
		policy: func(o *sync.Options) { o.Policy.Direction, o.Policy.Exact = sync.Push, true },
	}, {
		name:   "a pair that was never in sync",
		change: func(w *world) { w.record.Memory = manifesttest.Memory{}; w.write(sync.Remote, "new", "n") },
	}, {
		name:   "what is newly ignored",
		before: func(w *world) { w.write(sync.Local, "d/log", "one"); w.write(sync.Local, "a", "two") },
		change: func(w *world) { w.sides[sync.Local].Rename("a", "b") },
		policy: func(o *sync.Options) {
			o.Ignore = func(p manifest.Path, _ bool) bool { return p.Base() == "log" }
		},
	},
}

// TestCancelledAtEveryOperation cancels a pass before and after each operation on a
// side. Nothing more may begin, what was recorded must be true, and the next passes
// must end as if the pass had not been cancelled: nothing is lost, and nothing that was
// deleted comes back.
func TestCancelledAtEveryOperation(t *testing.T) {
	for _, c := range cancelCases {
		for _, part := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, part %v", c.name, part), func(t *testing.T) {
				run := func(at int, after bool) *cancelling {
					w, scope := c.start(t)
					pass := &cancelling{world: w, at: at, after: after, refuse: c.refuse}
					before := maps.Clone(w.record.Memory)
					over := &scope
					if !part {
						over = nil
					}
					err := pass.pass(over)
					if at == 0 {
						w.rest()
						return pass
					}
					if pass.ops > pass.at && !errors.Is(err, errCancelled) {
						t.Errorf("cancelled at %d: error %v", at, err)
					}
					w.baseSound(before)
					w.rest()
					return pass
				}
				whole := run(0, false)
				want := whole.tree(sync.Local)
				for at := 1; at <= whole.ops && !t.Failed(); at++ {
					for _, after := range []bool{false, true} {
						sameEnd(t, want, run(at, after).world)
					}
				}
			})
		}
	}
}

// sameEnd checks that a world at rest has everything of another. Beyond that it may
// have a conflict copy, or a file under its old name as well: that is what a rename
// leaves whose reply was lost.
func sameEnd(t *testing.T, want map[string]string, w *world) {
	t.Helper()
	got := w.tree(sync.Local)
	if diff := cmp.Diff(got, w.tree(sync.Remote)); diff != "" {
		t.Errorf("the sides differ (-local +remote):\n%s\n%s", diff, w.tail())
	}
	contents := slices.Collect(maps.Values(got))
	for p, content := range want {
		copied := strings.Contains(p, ".sync-conflict-")
		if _, there := got[p]; !there && !copied || !slices.Contains(contents, content) {
			t.Errorf("lost: %s = %q\n%s", p, content, w.tail())
		}
	}
	wanted := slices.Collect(maps.Values(want))
	for p, content := range got {
		_, is := want[p]
		if twice := content != "/" && slices.Contains(wanted, content); !is && !twice && !strings.Contains(p, ".sync-conflict-") {
			t.Errorf("came back: %s\n%s", p, w.tail())
		}
	}
}

// TestCancelledPasses runs random histories in which every pass but the last ones is
// cancelled.
func TestCancelledPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		for range rapid.IntRange(1, 10).Draw(t, "before") {
			m.user(t)
		}
		m.quiet(t)
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			for range rapid.IntRange(1, 6).Draw(t, "acts") {
				m.user(t)
			}
			var scope *sync.Scope
			if rapid.Bool().Draw(t, "part") {
				scope = m.scope(t)
			}
			m.disturbed(t, scope, trouble{cancel: anyMoment(t)})
			m.noLoss(t, true)
		}
		m.quiet(t)
	})
}

// TestRecordOfWhatMayNotHaveHappened lets the server make a directory and loses the
// reply. What is made inside must not be recorded either. The next pass finds out that
// it is equal.
func TestRecordOfWhatMayNotHaveHappened(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "a", "1")
	w.sync()
	w.write(sync.Local, "d/e/f", "content")
	lost := false
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		switch {
		case op == "mkdir" && p == "d":
			return replicatest.ErrLostReply
		case op == "recheck" && !lost:
			lost = true
			return errors.New("421 too many connections")
		}
		return nil
	}
	before := maps.Clone(w.record.Memory)
	if sum, err := w.pass(); err != nil || sum.Failed == 0 || !lost {
		t.Fatalf("%+v, %v\n%s", sum, err, w.tail())
	}
	if diff := cmp.Diff(before, w.record.Memory); diff != "" {
		t.Errorf("recorded (-before +after):\n%s\n%s", diff, w.tail())
	}
	w.sides[sync.Remote].OnIO = nil
	w.sync()
	w.wantTrees(map[string]string{"a": "1", "d": "/", "d/e": "/", "d/e/f": "content"})
	w.wantQuiet()
}

// TestRefusedMoveStopsWhatRestsOnIt lets one side refuse to rename a directory. Renames
// inside that directory must not begin then; the files are transferred instead.
func TestRefusedMoveStopsWhatRestsOnIt(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "d/x", "content")
	w.write(sync.Local, "d/z", "other")
	w.sync()
	w.sides[sync.Local].Rename("d", "e")
	w.sides[sync.Remote].Mkdir("d/new")
	w.sides[sync.Remote].Rename("d/x", "d/new/x")
	var began []string
	w.opts.Observer = func(ev sync.Event) {
		w.observe(ev)
		if ev, is := ev.(sync.Started); is && ev.Action.Side == sync.Local && ev.Action.Op == sync.Rename {
			began = append(began, string(ev.Action.Path))
		}
	}
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		if op == "rename" && p == "e" {
			return errors.New("550 directories are not renamed here")
		}
		return nil
	}
	w.sync()
	if began != nil {
		t.Errorf("renamed %q\n%s", began, w.tail())
	}
	w.wantTrees(map[string]string{"d": "/", "d/new": "/", "d/new/x": "content", "e": "/", "e/x": "content", "e/z": "other"})
	w.wantQuiet()
}

// TestNewDirectoryInARenamedOne checks that a directory which is new in a renamed one
// is recorded for both sides.
func TestNewDirectoryInARenamedOne(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "d/a", "alpha")
	w.sync()
	w.sides[sync.Local].Rename("d", "e")
	w.sides[sync.Remote].Mkdir("d/sub")
	w.sync()
	if pair, _ := w.record.At("e/sub"); !pair.Local.IsDir() || !pair.Remote.IsDir() {
		t.Errorf("recorded: %+v\n%s", pair, w.tail())
	}
}

// TestCancelledFullPassGoesOnCounting checks that a pass over everything which is
// cancelled does not make the rails forget what parts have deleted.
func TestCancelledFullPassGoesOnCounting(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	e := w.engine()
	remove := func(from, to int) error {
		var files []string
		for i := from; i < to; i++ {
			files = append(files, fmt.Sprintf("d%d/f%d", i%3, i))
			w.sides[sync.Local].Remove(files[len(files)-1])
		}
		_, err := e.SyncPaths(context.Background(), scopeOf(files))
		return err
	}
	if err := remove(0, 12); err != nil {
		t.Fatal(err)
	}
	w.write(sync.Local, "d0/new", "n")
	ctx, cancel := context.WithCancelCause(context.Background())
	w.sides[sync.Remote].OnIO = func(op string, _ manifest.Path) error {
		if op == "create" {
			cancel(errCancelled)
		}
		return nil
	}
	if _, err := e.Sync(ctx); !errors.Is(err, errCancelled) {
		t.Fatalf("error %v", err)
	}
	w.sides[sync.Remote].OnIO = nil
	var unsafe *sync.UnsafeError
	if err := remove(12, 20); !errors.As(err, &unsafe) {
		t.Errorf("20 of 30 files were deleted, the last of them with %v\n%s", err, w.tail())
	}
}
