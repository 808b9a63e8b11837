package watcher

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// All watchers of the process share one budget of open files. What is beyond it is polled,
// and a watcher that ends gives back what it had.
func TestBudgetOfTheProcess(t *testing.T) {
	shared := &budget{limit: 7}
	notices := ""
	watch := func() *Watcher {
		root := t.TempDir()
		for _, name := range []string{"d/a", "d/b"} { // the root is 2 files, and d is 3
			if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(root, name), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		f := &fakeSystem{room: 1000}
		w, err := newWatcher(root, Options{budget: shared, Notice: func(text string) { notices += text }}, f.open)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { w.Close() })
		return w
	}
	first := watch()
	if s := first.State(); s.Watched != 2 || s.Polled != 0 || notices != "" {
		t.Errorf("the first watcher: %+v, %q", s, notices)
	}
	second := watch()
	if s := second.State(); s.Watched != 1 || s.Polled != 1 || !strings.Contains(notices, "open files") {
		t.Errorf("the second watcher: %+v, %q", s, notices)
	}
	first.Close()
	second.Close()
	if shared.used != 0 {
		t.Errorf("%d files are still taken", shared.used)
	}
	if s := watch().State(); s.Watched != 2 {
		t.Errorf("the third watcher: %+v", s)
	}
}

// Files that appear later count, too. A directory with more than the budget has is polled,
// until enough of them are gone.
func TestBudgetOfWhatAppears(t *testing.T) {
	shared := &budget{limit: 7}
	used := func() int {
		shared.mu.Lock()
		defer shared.mu.Unlock()
		return shared.used
	}
	f := &fakeSystem{room: 1000}
	o := quick()
	o.budget = shared
	y := openTestDir(t, t.TempDir(), o, f.open)
	until := func(watched, files int) {
		t.Helper()
		for limit := time.Now().Add(patience); y.w.State().Watched != watched || used() != files; runtime.Gosched() {
			if time.Now().After(limit) {
				t.Fatalf("%+v and %d open files, want %d directories and %d files", y.w.State(), used(), watched, files)
			}
		}
	}
	until(1, 1) // the root itself
	for i := range 6 {
		name := fmt.Sprint("f", i)
		y.write(name, "")
		f.send([]op{opCreate, opWrite}[i%2], y.disk(name)) // the event that it appeared may be lost
		f.send(opWrite, y.disk(name))
		until(1, i+2)
	}
	y.must(os.Remove(y.disk("f0")))
	f.send(opRemove, y.disk("f0"))
	until(1, 6)
	for _, name := range []string{"g0", "g1"} {
		y.write(name, "")
		f.send(opCreate, y.disk(name))
	}
	until(0, 0)
	y.waitUntilEqual()
	y.write("g2", "seen by a poll")
	y.waitUntilEqual()
	for _, name := range []string{"f1", "f2", "g0"} {
		y.must(os.Remove(y.disk(name)))
	}
	until(1, 6)
	y.waitUntilEqual()
}
