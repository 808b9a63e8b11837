package watcher

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
