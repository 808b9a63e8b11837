package sync_test

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/manifest/manifesttest"
	"ferry/sync"
	"ferry/sync/replicatest"
)

// A memoryRecord is a Recorder in memory.
type memoryRecord struct {
	mu stdsync.Mutex
	manifesttest.Memory
	local, remote string
	part          bool
	dead          bool // the program was killed: nothing is recorded any more
}

func newMemoryRecord() *memoryRecord { return &memoryRecord{Memory: manifesttest.Memory{}} }

func (b *memoryRecord) Set(p manifest.Path, pair manifest.Pair) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dead {
		return errDead
	}
	return b.Memory.Set(p, pair)
}

func (b *memoryRecord) Forget(p manifest.Path) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dead {
		return errDead
	}
	return b.Memory.Forget(p)
}

func (b *memoryRecord) Rename(from, to manifest.Path) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dead {
		return errDead
	}
	return b.Memory.Rename(from, to)
}

func (b *memoryRecord) At(p manifest.Path) (manifest.Pair, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Memory.At(p)
}

func (b *memoryRecord) Flush() error            { return nil }
func (b *memoryRecord) Roots() (string, string) { return b.local, b.remote }
func (b *memoryRecord) Part() bool              { return b.part }
func (b *memoryRecord) SetPart() error {
	b.part = true
	return nil
}
func (b *memoryRecord) SetRoots(l, r string) error {
	b.local, b.remote, b.part = l, r, false
	return nil
}

// A world is a pair of sides in memory, with its base and a log of what passes did.
type world struct {
	t      fataler
	sides  [2]*replicatest.Memory
	record *memoryRecord
	opts   sync.Options
	during context.Context // of the pass under way; nil: one that is not cancelled
	mu     stdsync.Mutex   // guards what follows
	log    []string
	clock  time.Time
}

// now is the clock of both sides. It advances by a second with every call.
func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(time.Second)
	return w.clock
}

// fataler is what testing.T and rapid.T share.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

func newWorld(t fataler) *world {
	w := &world{t: t, sides: [2]*replicatest.Memory{replicatest.NewMemory(), replicatest.NewMemory()}, record: newMemoryRecord(),
		clock: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	for s := range w.sides {
		w.sides[s].Clock = w.now
	}
	w.sides[sync.Local].ChangeTimes = true
	w.sides[sync.Remote].Server = true
	w.opts.Limits = sync.NewLimits()
	w.opts.Policy.Trash = [2]bool{true, true}
	w.opts.Workers = 1
	w.opts.Observer = w.observe
	return w
}

// observe logs what a pass does.
func (w *world) observe(ev sync.Event) {
	switch ev := ev.(type) {
	case sync.Planned:
		for _, a := range ev.Plan.Actions.All() {
			w.logf("  plan %s %s %s <- %s (%s)", a.Op, a.Side, a.Path, a.From, a.Why)
		}
	case sync.Finished:
		w.logf("  done %s %s %s: %v", ev.Action.Op, ev.Action.Side, ev.Action.Path, ev.Err)
	case sync.Doubted:
		w.logf("  doubt %s %v", ev.Side, ev.Problems)
	}
}

func (w *world) ctx() context.Context {
	if w.during != nil {
		return w.during
	}
	return context.Background()
}

func (w *world) logf(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, fmt.Sprintf(format, args...))
}

// tail returns the last lines of the log.
func (w *world) tail() string {
	return strings.Join(w.log[max(0, len(w.log)-120):], "\n")
}

func (w *world) pass() (sync.Summary, error) {
	return sync.New(w.sides[0], w.sides[1], w.record, w.opts).Sync(w.ctx())
}

// sync makes a pass that must not fail.
func (w *world) sync() sync.Summary {
	w.t.Helper()
	sum, err := w.pass()
	if err != nil || sum.Failed > 0 {
		w.t.Fatalf("pass: %v, %+v\n%s", err, sum, w.tail())
	}
	return sum
}

// tree returns what a user sees on a side: the contents by path, and "/" for
// directories.
func (w *world) tree(s sync.Side) map[string]string {
	m := make(map[string]string)
	for _, p := range w.sides[s].List() {
		if manifest.Path(strings.TrimSuffix(p, "/")).HasOwn() || p == "ferry.yaml" {
			continue
		}
		if strings.HasSuffix(p, "/") {
			m[strings.TrimSuffix(p, "/")] = "/"
			continue
		}
		content, _ := w.sides[s].Read(p)
		m[p] = content
	}
	return m
}

func (w *world) wantTrees(want map[string]string) {
	w.t.Helper()
	for _, s := range []sync.Side{sync.Local, sync.Remote} {
		if diff := cmp.Diff(want, w.tree(s)); diff != "" {
			w.t.Errorf("%s tree (-want +got):\n%s\n%s", s, diff, w.tail())
		}
	}
}

// wantQuiet makes a pass that must have nothing to do.
func (w *world) wantQuiet() {
	w.t.Helper()
	n := len(w.log)
	sum := w.sync()
	did := sum.Uploaded + sum.Downloaded + sum.DeletedLocal + sum.DeletedRemote + sum.Moved + sum.MadeDirs + sum.Conflicts
	if did > 0 || sum.BytesUp+sum.BytesDown > 0 {
		w.t.Errorf("a pass at rest did something: %+v\n%s", sum, strings.Join(w.log[n:], "\n"))
	}
}

func (w *world) write(s sync.Side, p, content string) { w.sides[s].Write(p, content, time.Time{}) }

// everywhere returns all contents of a side, including trash and temporary files.
func (w *world) everywhere(s sync.Side) map[string]bool {
	m := make(map[string]bool)
	for _, p := range w.sides[s].List() {
		if content, ok := w.sides[s].Read(p); ok {
			m[content] = true
		}
	}
	return m
}

func TestPassBothWays(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "docs/a.txt", "alpha")
	w.write(sync.Local, "empty", "")
	w.write(sync.Remote, "docs/b.txt", "beta")
	w.write(sync.Remote, "same", "equal")
	w.write(sync.Local, "same", "equal")
	sum := w.sync()
	want := map[string]string{"docs": "/", "docs/a.txt": "alpha", "docs/b.txt": "beta", "empty": "", "same": "equal"}
	w.wantTrees(want)
	if sum.Uploaded != 2 || sum.Downloaded != 1 || sum.Adopted != 2 || sum.Conflicts != 0 {
		t.Errorf("summary %+v", sum)
	}
	w.wantQuiet()

	w.write(sync.Local, "docs/a.txt", "alpha two")
	w.sides[sync.Remote].Remove("empty")
	w.sides[sync.Local].Rename("docs/b.txt", "docs/c.txt")
	w.write(sync.Remote, "new/deep/file", "n")
	sum = w.sync()
	w.wantTrees(map[string]string{"docs": "/", "docs/a.txt": "alpha two", "docs/c.txt": "beta", "same": "equal",
		"new": "/", "new/deep": "/", "new/deep/file": "n"})
	if sum.Uploaded != 1 || sum.Downloaded != 1 || sum.DeletedLocal != 1 || sum.Moved != 1 {
		t.Errorf("summary %+v", sum)
	}
	w.wantQuiet()
}

func TestConflictKeepsBothOnBothSides(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "a.txt", "one")
	w.sync()
	w.write(sync.Local, "a.txt", "local two")
	w.write(sync.Remote, "a.txt", "remote two")
	if sum := w.sync(); sum.Conflicts != 1 {
		t.Errorf("summary %+v", sum)
	}
	local := w.tree(sync.Local)
	w.wantTrees(local)
	if contents := slices.Sorted(maps.Values(local)); !slices.Equal(contents, []string{"local two", "remote two"}) || local["a.txt"] != "local two" {
		t.Errorf("tree %v", local)
	}
	for p := range local {
		if ok, _ := path.Match("a.sync-conflict-*-remote-??????.txt", p); !ok && p != "a.txt" {
			t.Errorf("name of the copy: %s", p)
		}
	}
	w.wantQuiet()
}

func TestRenamedDirectoryMovesNoContent(t *testing.T) {
	w := newWorld(t)
	for i := range 200 {
		w.write(sync.Local, fmt.Sprintf("old/%d/file%d", i%9, i), fmt.Sprint("content ", i))
	}
	w.sync()
	for _, s := range []sync.Side{sync.Local, sync.Remote} {
		from, to := "old", "new home"
		if s == sync.Remote {
			from, to = "new home", "third"
		}
		w.sides[s].Rename(from, to)
		sum := w.sync()
		if sum.Moved != 1 || sum.BytesUp+sum.BytesDown != 0 || sum.DeletedLocal+sum.DeletedRemote != 0 {
			t.Errorf("renamed on the %s side: %+v", s, sum)
		}
		w.wantTrees(w.tree(s))
		w.wantQuiet()
	}
}

func TestMoveIntoNewDirectories(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "a", "alpha")
	w.write(sync.Remote, "b", "beta")
	w.sync()
	w.sides[sync.Local].Mkdir("new/deep")
	w.sides[sync.Local].Rename("a", "new/deep/a")
	w.sides[sync.Remote].Mkdir("other")
	w.sides[sync.Remote].Rename("b", "other/b")
	if sum := w.sync(); sum.Moved != 2 || sum.MadeDirs != 3 || sum.BytesUp+sum.BytesDown != 0 {
		t.Errorf("summary %+v\n%s", sum, w.tail())
	}
	w.wantTrees(map[string]string{"new": "/", "new/deep": "/", "new/deep/a": "alpha", "other": "/", "other/b": "beta"})
	w.wantQuiet()
}

func TestRefusedMoveTravelsInstead(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "old/a", "alpha")
	w.write(sync.Local, "old/b", "beta")
	w.sync()
	w.sides[sync.Local].Rename("old", "new")
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		if op == "rename" && p == "new" {
			return fmt.Errorf("550 directories are not renamed here")
		}
		return nil
	}
	if sum := w.sync(); sum.Moved != 0 || sum.Uploaded != 2 {
		t.Errorf("summary %+v\n%s", sum, w.tail())
	}
	w.wantTrees(map[string]string{"new": "/", "new/a": "alpha", "new/b": "beta"})
	w.wantQuiet()
}

func TestPushListsOnlyWhatItTouches(t *testing.T) {
	w := newWorld(t)
	w.opts.Policy.Direction = sync.Push
	for i := range 30 {
		w.write(sync.Local, fmt.Sprintf("d%d/f", i), "x")
	}
	w.sync()
	listed := 0
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		if op == "list" {
			listed++
		}
		return nil
	}
	w.sync()
	if listed != 1 {
		t.Errorf("a push with nothing to do listed %d directories, want the root only", listed)
	}
	listed = 0
	w.write(sync.Local, "d3/f", "changed")
	w.write(sync.Remote, "d3/theirs", "server's own")
	if sum := w.sync(); sum.Uploaded != 1 || listed != 2 {
		t.Errorf("listed %d directories, %+v", listed, sum)
	}
	if got := w.tree(sync.Remote)["d3/f"]; got != "changed" {
		t.Errorf("d3/f = %q", got)
	}
	if _, ok := w.tree(sync.Local)["d3/theirs"]; ok {
		t.Error("a push downloaded something")
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "a", "1")
	w.write(sync.Remote, "b", "2")
	w.write(sync.Remote, "same", "equal size")
	w.write(sync.Local, "same", "EQUAL SIZE")
	w.opts.DryRun = true
	before := [2]map[string]string{w.tree(0), w.tree(1)}
	sum := w.sync()
	if diff := cmp.Diff(before, [2]map[string]string{w.tree(0), w.tree(1)}); diff != "" || len(w.record.Memory) > 0 || w.record.local != "" {
		t.Errorf("a dry run changed something:\n%s%v", diff, w.record.Memory)
	}
	if sum.BytesDown != 0 {
		t.Errorf("a dry run downloaded: %+v", sum)
	}
}

// TestMovesOfWhatIsInDoubt renames a directory with a file whose content must be read
// first. On the side that will carry out the rename, the file is still at its old
// path.
func TestMovesOfWhatIsInDoubt(t *testing.T) {
	inStep := func(t *testing.T) *world {
		w := newWorld(t)
		w.write(sync.Local, "old/a", "alpha")
		w.write(sync.Local, "old/b", "beta")
		w.sync()
		return w
	}
	t.Run("touched here, renamed there", func(t *testing.T) {
		w := inStep(t)
		w.sides[sync.Local].Write("old/a", "alpha", w.now().Add(time.Hour))
		w.sides[sync.Remote].Rename("old", "new")
		if sum := w.sync(); sum.Problems != 0 || sum.Moved != 1 || sum.Downloaded+sum.Uploaded != 0 {
			t.Errorf("summary %+v\n%s", sum, w.tail())
		}
		w.wantTrees(map[string]string{"new": "/", "new/a": "alpha", "new/b": "beta"})
		w.wantQuiet()
	})
	t.Run("edited and renamed here, touched there", func(t *testing.T) {
		w := inStep(t)
		w.sides[sync.Remote].Write("old/a", "alpha", w.now().Add(time.Hour))
		w.write(sync.Local, "old/a", "gamma")
		w.sides[sync.Local].Rename("old", "new")
		if sum := w.sync(); sum.Problems != 0 || sum.Moved != 1 || sum.Conflicts != 0 || sum.Uploaded != 1 {
			t.Errorf("summary %+v\n%s", sum, w.tail())
		}
		w.wantTrees(map[string]string{"new": "/", "new/a": "gamma", "new/b": "beta"})
		w.wantQuiet()
	})
}
