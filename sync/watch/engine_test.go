package watch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"path"
	"strings"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/replicatest"
)

// A book is a Recorder in memory, for engines with one worker.
type book struct {
	mu stdsync.Mutex
	manifest.Memory
	local, remote string
}

func (b *book) At(p manifest.Path) (manifest.Pair, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Memory.At(p)
}

func (b *book) Set(p manifest.Path, pair manifest.Pair) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Memory.Set(p, pair)
}

func (b *book) Forget(p manifest.Path) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Memory.Forget(p)
}

func (b *book) Rename(from, to manifest.Path) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Memory.Rename(from, to)
}

func (b *book) Flush() error                        { return nil }
func (b *book) Roots() (string, string)             { return b.local, b.remote }
func (b *book) SetRoots(local, remote string) error { b.local, b.remote = local, remote; return nil }

// A home is a pair of sides in memory, kept in step by an engine and a keeper,
// with somebody who tells of local changes like a watcher: whoever made them.
type home struct {
	t     *testing.T
	sides [2]*replicatest.Memory
	book  *book
	k     *Keeper
	hints chan Hint
	spent sync.DeletionCount

	mu      stdsync.Mutex // guards what follows
	touched map[manifest.Path]bool
	cut     bool                                                // the network is gone
	fail    func(s sync.Side, op string, p manifest.Path) error // what goes wrong, if anything
	lists   int                                                 // directories of the server listed
	parts   int                                                 // passes over hints
	passes  int
}

// changes are the operations of a side after which a watcher speaks.
var changes = map[string]bool{"mkdir": true, "link": true, "rename": true, "trash": true, "aside": true, "unlink": true, "rmdir": true}

// atHome runs a test in a bubble over a running keeper with a real engine.
func atHome(t *testing.T, test func(h *home)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &home{t: t, sides: [2]*replicatest.Memory{replicatest.NewMemory(), replicatest.NewMemory()},
			book: &book{Memory: manifest.Memory{}}, hints: make(chan Hint), touched: make(map[manifest.Path]bool)}
		for _, side := range h.sides {
			side.Clock = time.Now
		}
		h.sides[sync.Remote].Server = true
		h.sides[sync.Local].OnIO = func(op string, p manifest.Path) error {
			if changes[op] {
				h.touch(p)
			}
			return h.failure(sync.Local, op, p)
		}
		h.sides[sync.Remote].OnIO = h.overTheNet
		h.k = New(Options{Open: h.open, Hints: h.hints, Remote: true})
		ctx, stop := context.WithCancel(t.Context())
		var all stdsync.WaitGroup
		all.Go(func() { h.watch(ctx) })
		all.Go(func() { _ = h.k.Run(ctx) })
		test(h)
		stop()
		all.Wait()
	})
}

func (h *home) overTheNet(op string, p manifest.Path) error {
	time.Sleep(10 * time.Millisecond)
	h.mu.Lock()
	if op == "list" {
		h.lists++
	}
	cut := h.cut
	h.mu.Unlock()
	if cut {
		return fmt.Errorf("%w: no route to host", sync.ErrFatal)
	}
	return h.failure(sync.Remote, op, p)
}

// failing lets operations fail from now on, or none.
func (h *home) failing(fail func(s sync.Side, op string, p manifest.Path) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fail = fail
}

func (h *home) failure(s sync.Side, op string, p manifest.Path) error {
	h.mu.Lock()
	fail := h.fail
	h.mu.Unlock()
	if fail == nil {
		return nil
	}
	return fail(s, op, p)
}

func (h *home) touch(p manifest.Path) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p != manifest.Own && !p.Within(manifest.Own) {
		h.touched[p] = true
	}
}

// watch tells the keeper what was touched, a while later.
func (h *home) watch(ctx context.Context) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		h.mu.Lock()
		paths := keys(h.touched)
		clear(h.touched)
		h.mu.Unlock()
		if len(paths) == 0 {
			continue
		}
		select {
		case h.hints <- Hint{Paths: paths}:
		case <-ctx.Done():
		}
	}
}

func (h *home) open(context.Context) (Opened, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cut {
		return nil, errors.New("no route to host")
	}
	o := sync.Options{Workers: 1, Limits: sync.NewLimits(), Observer: h.k.Observe, Deletions: &h.spent}
	o.Policy.Trash = [2]bool{true, true}
	return &joined{h, sync.New(h.sides[0], h.sides[1], h.book, o)}, nil
}

// joined are the sides of a home, connected.
type joined struct {
	h *home
	*sync.Engine
}

func (j *joined) SyncPaths(ctx context.Context, scope sync.Scope) (sync.Summary, error) {
	j.h.mu.Lock()
	j.h.passes++
	if len(scope.Local) > 0 {
		j.h.parts++
	}
	j.h.mu.Unlock()
	return j.Engine.SyncPaths(ctx, scope)
}

func (j *joined) Dirs() iter.Seq[manifest.Path] {
	return func(yield func(manifest.Path) bool) {
		for p, pair := range j.h.book.All() {
			if pair.Kind() == manifest.Dir && !yield(p) {
				return
			}
		}
	}
}

func (j *joined) Close() error { return nil }

// write writes a file on a side, as a user does.
func (h *home) write(s sync.Side, p manifest.Path, content string) {
	h.sides[s].Write(string(p), content, time.Time{})
	h.noticed(s, p)
}

// noticed lets the watcher see what a user did to p.
func (h *home) noticed(s sync.Side, p manifest.Path) {
	if s != sync.Local {
		return
	}
	h.touch(p)
	for dir := range p.Ancestors {
		if dir != manifest.Root {
			h.touch(dir)
		}
	}
}

// tree returns what a user sees on a side: contents by path.
func (h *home) tree(s sync.Side) map[string]string {
	tree := make(map[string]string)
	for _, p := range h.sides[s].List() {
		_, half := manifest.TempMark(path.Base(p)) // of a connection that was cut
		if !half && !strings.HasPrefix(p, string(manifest.Own)+"/") {
			tree[p], _ = h.sides[s].Read(p)
		}
	}
	return tree
}

func (h *home) wantEqual() map[string]string {
	h.t.Helper()
	local, remote := h.tree(sync.Local), h.tree(sync.Remote)
	if diff := cmp.Diff(local, remote); diff != "" {
		h.t.Errorf("the sides differ (-local +remote):\n%s", diff)
	}
	return local
}

// since returns what was counted since it was last called.
func (h *home) since() (lists, parts, passes int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	lists, parts, passes = h.lists, h.parts, h.passes
	h.lists, h.parts, h.passes = 0, 0, 0
	return
}

// A local change is on the server after a pass over its directory; a change of the
// server is here after a poll, and comes back as a hint that does nothing.
func TestEngineInStep(t *testing.T) {
	atHome(t, func(h *home) {
		for i := range 100 {
			h.sides[sync.Local].Write(fmt.Sprintf("d%02d/f%d", i/5, i%5), fmt.Sprint(i), time.Time{})
		}
		time.Sleep(40 * time.Second) // the first pass, and a poll
		h.wantEqual()
		h.since()

		h.write(sync.Local, "d03/f1", "new")
		time.Sleep(time.Second)
		if got := h.tree(sync.Remote)["d03/f1"]; got != "new" {
			t.Errorf("the server has %q a second after the change", got)
		}
		if lists, _, passes := h.since(); lists > 2 || passes != 1 {
			t.Errorf("%d directories listed in %d passes for one changed file", lists, passes)
		}

		h.write(sync.Remote, "d07/g", "from afar")
		time.Sleep(31 * time.Second)
		if got := h.tree(sync.Local)["d07/g"]; got != "from afar" {
			t.Errorf("here is %q after an interval", got)
		}
		time.Sleep(2 * time.Minute)
		if _, parts, _ := h.since(); parts != 1 {
			t.Errorf("%d passes over what a download touched, want 1", parts)
		}
		if got := h.k.Status(); got.State != Idle || got.Queue != 0 || got.Failed != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// A poll of all directories lists each of them once, in a tree with many files
// too.
func TestEnginePollsOnce(t *testing.T) {
	atHome(t, func(h *home) {
		const dirs = 50
		for i := range dirs * 100 {
			h.sides[sync.Local].Write(fmt.Sprintf("d%02d/f%02d", i%dirs, i/dirs), "x", time.Time{})
		}
		time.Sleep(30 * time.Minute) // the first pass
		h.since()
		for h.pollsSeen() == 0 {
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Second)
		if lists, _, passes := h.since(); lists > passes*(dirs+1) {
			t.Errorf("%d directories listed in %d polls of %d", lists, passes, dirs+1)
		}
	})
}

func (h *home) pollsSeen() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.passes
}

// Users work on both sides while the network comes and goes. In the end both
// sides are equal, hold all that was written last, and are at rest.
func TestEngineWithUsers(t *testing.T) {
	days := 30
	if testing.Short() {
		days = 8
	}
	for seed := range days {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			atHome(t, func(h *home) {
				r := rand.New(rand.NewPCG(uint64(seed), 3))
				for i := range 150 {
					h.work(r, i)
					time.Sleep(time.Duration(r.ExpFloat64() * float64(10*time.Second)))
				}
				h.mu.Lock()
				h.cut = false
				h.mu.Unlock()
				time.Sleep(30 * time.Minute)
				for p, content := range h.wantEqual() {
					if strings.HasPrefix(p, "l/") && content != "" && !strings.HasPrefix(content, "local") {
						t.Errorf("%s holds %q", p, content)
					}
				}
				h.since()
				time.Sleep(20 * time.Minute)
				if _, parts, passes := h.since(); parts > 0 || passes > 40 {
					t.Errorf("%d passes at rest, %d of them over hints", passes, parts)
				}
				for h.k.Status().State == Passing {
					time.Sleep(time.Second)
				}
				if got := h.k.Status(); got.State != Idle || got.Queue != 0 || got.Failed != 0 {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// work does one thing that users do, or cuts or mends the network. Local users
// have the directory l to themselves, and those of the server r; in b both write.
func (h *home) work(r *rand.Rand, i int) {
	s := sync.Side(r.IntN(2))
	dir := [][]string{{"l", "b"}, {"r", "b"}}[s][r.IntN(2)]
	p := manifest.Path(fmt.Sprintf("%s/%d/f%d", dir, r.IntN(3), r.IntN(4)))
	switch n := r.IntN(20); {
	case n < 12:
		h.write(s, p, fmt.Sprintf("%s %d", s, i))
	case n < 15:
		h.sides[s].Remove(string(p))
		h.noticed(s, p)
	case n < 17 && dir != "b":
		to := p.Parent().Parent().Join(fmt.Sprint("moved", i))
		if _, is := h.sides[s].Read(string(p)); is {
			h.sides[s].Rename(string(p.Parent()), string(to))
			h.noticed(s, p.Parent())
			h.noticed(s, to)
		}
	case n < 19:
		h.mu.Lock()
		h.cut = !h.cut
		h.mu.Unlock()
	default:
		h.k.Poke()
	}
}
