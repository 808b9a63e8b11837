package watcher

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/fsnotify/fsnotify"
)

// openShared is openSystem where each root beyond the first ones would come to.
func openShared(root string, q *queue, log *slog.Logger) (system, error) {
	return common.join(root, q, log)
}

// Roots that share an instance each see what happens in them, also after others have left.
func TestSharedInstance(t *testing.T) {
	parent := t.TempDir()
	var all []*testDir
	for i := range 5 {
		root := filepath.Join(parent, fmt.Sprint("root", i))
		if err := os.Mkdir(root, 0o700); err != nil {
			t.Fatal(err)
		}
		all = append(all, openTestDir(t, root, quick(), openShared))
	}
	for i, y := range all {
		y.write("a/b/f", fmt.Sprint(i))
	}
	for _, y := range all {
		y.waitUntilEqual()
	}
	for i, gone := range []int{0, 4, 2} {
		if err := all[gone].w.Close(); err != nil {
			t.Fatal(err)
		}
		for _, left := range []int{1, 3} {
			all[left].write("a/b/f", fmt.Sprint("without ", i))
			all[left].write(fmt.Sprint("new", i, "/f"), "x")
			all[left].waitUntilEqual()
			if s := all[left].w.State(); s.Polled != 0 {
				t.Errorf("%+v", s)
			}
		}
	}
	for _, left := range []int{1, 3} {
		if err := all[left].w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if common.fsn != nil || len(common.members)+len(common.dirs)+len(common.ids) != 0 {
		t.Errorf("%+v is left", &common)
	}
}

// A directory that moves from one root to another is seen in both.
func TestMovedBetweenSharedRoots(t *testing.T) {
	from, to := openTestDir(t, t.TempDir(), quick(), openShared), openTestDir(t, t.TempDir(), quick(), openShared)
	from.write("d/e/f", "x")
	from.waitUntilEqual()
	for i := range 4 {
		from.must(os.Rename(from.disk("d"), to.disk("d")))
		from.waitUntilEqual()
		to.waitUntilEqual()
		to.write("d/e/f", fmt.Sprint("changed ", i))
		to.waitUntilEqual()
		from, to = to, from
	}
}

// A directory that is renamed in its root is watched at its new name, with everything in it, and no other root
// takes it away.
func TestRenamedInSharedRoot(t *testing.T) {
	y := openTestDir(t, t.TempDir(), quick(), openShared)
	y.write("d/e/f", "x")
	y.waitUntilEqual()
	from, to := "d", "moved"
	for i := range 4 {
		y.must(os.Rename(y.disk(from), y.disk(to)))
		if i%2 == 1 { // something else takes the old name
			y.must(os.Mkdir(y.disk(from), 0o700))
		}
		y.waitUntilEqual()
		y.write(to+"/e/f", fmt.Sprint("changed ", i))
		y.waitUntilEqual()
		if s := y.w.State(); s.Polled != 0 {
			t.Errorf("%+v", s)
		}
		from, to = to, fmt.Sprint("moved", i)
	}
}

// The old name of a directory is dropped after the new one was added, and its identity stays known.
func TestOldNameDroppedLast(t *testing.T) {
	root, log := t.TempDir(), slog.New(slog.DiscardHandler)
	a, err := common.join(root, newQueue(), log)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	old, now := filepath.Join(root, "old"), filepath.Join(root, "new")
	for _, err := range []error{os.Mkdir(old, 0o700), a.Add(old), os.Rename(old, now), a.Add(now)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	_ = a.Remove(old) // the system has done so already, or not
	wantElsewhere(t, now)
}

// wantElsewhere joins a link to dir, which is watched for another root, and wants that to be refused.
func wantElsewhere(t *testing.T, dir string) (m *member, link string) {
	t.Helper()
	link = filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	m, err := common.join(link, newQueue(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	if err := m.Add(link + "/."); !errors.Is(err, errElsewhere) {
		t.Errorf("%v, want %v", err, errElsewhere)
	}
	return m, link
}

// When events are lost, all roots of the instance look at everything.
func TestSharedInstanceLosesEvents(t *testing.T) {
	a, b := openTestDir(t, t.TempDir(), quick(), openShared), openTestDir(t, t.TempDir(), quick(), openShared)
	a.waitUntilEqual()
	b.waitUntilEqual()
	common.lose(fsnotify.ErrEventOverflow)
	for _, y := range []*testDir{a, b} {
		for !y.next().Everything {
		}
	}
}

// Roots in one another do not share, and a directory is watched for one root only.
func TestNotShared(t *testing.T) {
	root, log := t.TempDir(), slog.New(slog.DiscardHandler)
	a, err := common.join(root, newQueue(), log)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for _, other := range []string{root, filepath.Join(root, "below"), filepath.Dir(root)} {
		if m, err := common.join(other, newQueue(), log); err == nil {
			m.Close()
			t.Errorf("%s joined", other)
		}
	}
	if err := a.Add(root); err != nil {
		t.Fatal(err)
	}
	b, link := wantElsewhere(t, root)
	if err := a.Remove(root); err != nil {
		t.Error(err)
	}
	if err := b.Add(link + "/."); err != nil {
		t.Error(err)
	}
}

// However many roots there are, a process takes few instances.
func TestFewInstances(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	var open []system
	defer func() {
		for _, s := range open {
			_ = s.Close()
		}
		if n := owned.Load(); n != 0 {
			t.Errorf("%d instances are still counted", n)
		}
	}()
	for range 3 * mostOwn {
		s, err := openSystem(t.TempDir(), newQueue(), log)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, s)
	}
	if n := owned.Load(); n != mostOwn || len(common.members) != 2*mostOwn {
		t.Errorf("%d roots have an instance of their own and %d share one, want %d and %d", n, len(common.members), mostOwn, 2*mostOwn)
	}
}
