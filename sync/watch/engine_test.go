package watch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/manifest/manifesttest"
	"ferry/sync"
	"ferry/sync/replicatest"
)

// A memoryBase is a base in memory that several goroutines may use.
type memoryBase struct {
	mu stdsync.Mutex
	manifesttest.Memory
	local, remote string
}

func (b *memoryBase) At(p manifest.Path) (manifest.Pair, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Memory.At(p)
}

func (b *memoryBase) Set(p manifest.Path, pair manifest.Pair) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Memory.Set(p, pair)
}

func (b *memoryBase) Forget(p manifest.Path) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Memory.Forget(p)
}

func (b *memoryBase) Rename(from, to manifest.Path) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Memory.Rename(from, to)
}

func (b *memoryBase) Flush() error            { return nil }
func (b *memoryBase) Roots() (string, string) { return b.local, b.remote }
func (b *memoryBase) Part() bool              { return false }
func (b *memoryBase) SetPart() error          { return nil }
func (b *memoryBase) SetRoots(local, remote string) error {
	b.local, b.remote = local, remote
	return nil
}

// An engineHarness keeps two sides in memory in step with a real engine and a
// watch. It sends hints of all local changes, including those of the engine, as a
// watcher does.
type engineHarness struct {
	t     *testing.T
	sides [2]*replicatest.Memory
	base  *memoryBase
	w     *Watch
	hints chan Hint
	spent sync.DeletionCount

	mu      stdsync.Mutex // guards what follows
	touched map[manifest.Path]bool
	offline bool                                                // the network is down
	fail    func(s sync.Side, op string, p manifest.Path) error // may be nil
	lists   int                                                 // of directories on the server
	parts   int                                                 // partial passes over hints
	passes  int
}

// notified are the operations that a watcher would report.
var notified = map[string]bool{"mkdir": true, "link": true, "rename": true, "trash": true, "aside": true, "unlink": true, "rmdir": true}

// withEngine runs a test in a synctest bubble with a running watch and a real
// engine.
func withEngine(t *testing.T, test func(h *engineHarness)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &engineHarness{t: t, sides: [2]*replicatest.Memory{replicatest.NewMemory(), replicatest.NewMemory()},
			base: &memoryBase{Memory: manifesttest.Memory{}}, hints: make(chan Hint), touched: make(map[manifest.Path]bool)}
		for _, side := range h.sides {
			side.Clock = time.Now
		}
		h.sides[sync.Remote].Server = true
		h.sides[sync.Local].OnIO = func(op string, p manifest.Path) error {
			if notified[op] {
				h.touch(p)
			}
			return h.failureOf(sync.Local, op, p)
		}
		h.sides[sync.Remote].OnIO = h.remoteIO
		h.w = New(Options{Open: h.open, Hints: h.hints, PollRemote: true})
		ctx, stop := context.WithCancel(t.Context())
		var all stdsync.WaitGroup
		all.Go(func() { h.sendHints(ctx) })
		all.Go(func() { _ = h.w.Run(ctx) })
		test(h)
		stop()
		all.Wait()
	})
}

func (h *engineHarness) remoteIO(op string, p manifest.Path) error {
	time.Sleep(10 * time.Millisecond)
	h.mu.Lock()
	if op == "list" {
		h.lists++
	}
	cut := h.offline
	h.mu.Unlock()
	if cut {
		return fmt.Errorf("%w: no route to host", sync.ErrFatal)
	}
	return h.failureOf(sync.Remote, op, p)
}

// setFail makes operations fail from now on; nil: none.
func (h *engineHarness) setFail(fail func(s sync.Side, op string, p manifest.Path) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fail = fail
}

func (h *engineHarness) failureOf(s sync.Side, op string, p manifest.Path) error {
	h.mu.Lock()
	fail := h.fail
	h.mu.Unlock()
	if fail == nil {
		return nil
	}
	return fail(s, op, p)
}

func (h *engineHarness) touch(p manifest.Path) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p != manifest.Own && !p.Within(manifest.Own) {
		h.touched[p] = true
	}
}

// sendHints sends hints of what was touched, twice a second.
func (h *engineHarness) sendHints(ctx context.Context) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		h.mu.Lock()
		paths := slices.Collect(maps.Keys(h.touched))
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

func (h *engineHarness) open(context.Context) (Session, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.offline {
		return nil, errors.New("no route to host")
	}
	o := sync.Options{Workers: 1, Limits: sync.NewLimits(), Observer: h.w.Observe, Deletions: &h.spent}
	o.Policy.Trash = [2]bool{true, true}
	return &engineSession{h, sync.New(h.sides[0], h.sides[1], h.base, o)}, nil
}

// An engineSession is a session over the sides of a harness.
type engineSession struct {
	h *engineHarness
	*sync.Engine
}

func (j *engineSession) SyncPaths(ctx context.Context, scope sync.Scope) (sync.Summary, error) {
	j.h.mu.Lock()
	j.h.passes++
	if len(scope.Local) > 0 {
		j.h.parts++
	}
	j.h.mu.Unlock()
	return j.Engine.SyncPaths(ctx, scope)
}

func (j *engineSession) Dirs() iter.Seq[manifest.Path] {
	return func(yield func(manifest.Path) bool) {
		for p, pair := range j.h.base.All() {
			if pair.Kind() == manifest.Dir && !yield(p) {
				return
			}
		}
	}
}

func (j *engineSession) Close() error { return nil }

// write writes a file on a side, as a user would.
func (h *engineHarness) write(s sync.Side, p manifest.Path, content string) {
	h.sides[s].Write(string(p), content, time.Time{})
	h.notice(s, p)
}

// notice hints at what a user did to p.
func (h *engineHarness) notice(s sync.Side, p manifest.Path) {
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

// tree returns the contents of the files of a side, without ferry's own.
func (h *engineHarness) tree(s sync.Side) map[string]string {
	tree := make(map[string]string)
	for _, p := range h.sides[s].List() {
		_, temp := manifest.TempMark(path.Base(p)) // left by a connection that was cut
		if !temp && !strings.HasPrefix(p, string(manifest.Own)+"/") {
			tree[p], _ = h.sides[s].Read(p)
		}
	}
	return tree
}

func (h *engineHarness) wantEqual() map[string]string {
	h.t.Helper()
	local, remote := h.tree(sync.Local), h.tree(sync.Remote)
	if diff := cmp.Diff(local, remote); diff != "" {
		h.t.Errorf("the sides differ (-local +remote):\n%s", diff)
	}
	return local
}

// takeCounts returns what was counted since the last call.
func (h *engineHarness) takeCounts() (lists, parts, passes int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	lists, parts, passes = h.lists, h.parts, h.passes
	h.lists, h.parts, h.passes = 0, 0, 0
	return
}

// A local change is uploaded by one pass over its path. A change on the server is
// downloaded by a poll, and comes back as one hint that leads to nothing.
func TestEngineInStep(t *testing.T) {
	withEngine(t, func(h *engineHarness) {
		for i := range 100 {
			h.sides[sync.Local].Write(fmt.Sprintf("d%02d/f%d", i/5, i%5), fmt.Sprint(i), time.Time{})
		}
		time.Sleep(40 * time.Second) // the first pass, and a poll
		h.wantEqual()
		h.takeCounts()

		h.write(sync.Local, "d03/f1", "new")
		time.Sleep(time.Second)
		if got := h.tree(sync.Remote)["d03/f1"]; got != "new" {
			t.Errorf("the server has %q a second after the change", got)
		}
		if lists, _, passes := h.takeCounts(); lists > 2 || passes != 1 {
			t.Errorf("%d directories listed in %d passes for one changed file", lists, passes)
		}

		h.write(sync.Remote, "d07/g", "remote")
		time.Sleep(31 * time.Second)
		if got := h.tree(sync.Local)["d07/g"]; got != "remote" {
			t.Errorf("the local file is %q after an interval", got)
		}
		time.Sleep(2 * time.Minute)
		if _, parts, _ := h.takeCounts(); parts != 1 {
			t.Errorf("%d passes over the hint of a download, want 1", parts)
		}
		if got := h.w.Status(); got.State != Idle || got.Queue != 0 || got.Failed != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// A poll of all directories lists each of them once, also in a tree with many
// files.
func TestEnginePollsOnce(t *testing.T) {
	withEngine(t, func(h *engineHarness) {
		const dirs = 50
		for i := range dirs * 100 {
			h.sides[sync.Local].Write(fmt.Sprintf("d%02d/f%02d", i%dirs, i/dirs), "x", time.Time{})
		}
		time.Sleep(30 * time.Minute) // the first pass
		h.takeCounts()
		for h.passCount() == 0 {
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Second)
		if lists, _, passes := h.takeCounts(); lists > passes*(dirs+1) {
			t.Errorf("%d directories listed in %d polls of %d", lists, passes, dirs+1)
		}
	})
}

func (h *engineHarness) passCount() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.passes
}

// Users work on both sides while the network comes and goes. In the end both sides
// are equal and hold what was written last, and no more passes are made.
func TestEngineWithUsers(t *testing.T) {
	histories := 30
	if testing.Short() {
		histories = 8
	}
	for seed := range histories {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			withEngine(t, func(h *engineHarness) {
				r := rand.New(rand.NewPCG(uint64(seed), 3))
				for i := range 150 {
					h.userAction(r, i)
					time.Sleep(time.Duration(r.ExpFloat64() * float64(10*time.Second)))
				}
				h.mu.Lock()
				h.offline = false
				h.mu.Unlock()
				time.Sleep(30 * time.Minute)
				for p, content := range h.wantEqual() {
					if strings.HasPrefix(p, "l/") && content != "" && !strings.HasPrefix(content, "local") {
						t.Errorf("%s holds %q", p, content)
					}
				}
				h.takeCounts()
				time.Sleep(20 * time.Minute)
				if _, parts, passes := h.takeCounts(); parts > 0 || passes > 40 {
					t.Errorf("%d passes without a change, %d of them over hints", passes, parts)
				}
				for h.w.Status().State == Syncing {
					time.Sleep(time.Second)
				}
				if got := h.w.Status(); got.State != Idle || got.Queue != 0 || got.Failed != 0 {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// userAction does one thing that users do, or switches the network. Only local
// users write in directory l and only those of the server in r; both write in b.
func (h *engineHarness) userAction(r *rand.Rand, i int) {
	s := sync.Side(r.IntN(2))
	dir := [][]string{{"l", "b"}, {"r", "b"}}[s][r.IntN(2)]
	p := manifest.Path(fmt.Sprintf("%s/%d/f%d", dir, r.IntN(3), r.IntN(4)))
	switch n := r.IntN(20); {
	case n < 12:
		h.write(s, p, fmt.Sprintf("%s %d", s, i))
	case n < 15:
		h.sides[s].Remove(string(p))
		h.notice(s, p)
	case n < 17 && dir != "b":
		to := p.Parent().Parent().Join(fmt.Sprint("moved", i))
		if _, is := h.sides[s].Read(string(p)); is {
			h.sides[s].Rename(string(p.Parent()), string(to))
			h.notice(s, p.Parent())
			h.notice(s, to)
		}
	case n < 19:
		h.mu.Lock()
		h.offline = !h.offline
		h.mu.Unlock()
	default:
		h.w.Poke()
	}
}
