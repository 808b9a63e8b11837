package visitor

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestSeen holds that a visitor sees what is wrong with a site, and for how long.
func TestSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Site{Pages: 2, Styles: 1, Scripts: 1}
		v := &Visitor{Site: s, Dir: t.TempDir(), Pause: time.Second}
		old, next := s.Files(1), s.Files(2)
		for name, content := range old {
			write(t, v.Dir, name, content)
		}
		v.Start()
		wait := func(d time.Duration) { time.Sleep(d); synctest.Wait() }
		wait(10500 * time.Millisecond)
		write(t, v.Dir, page(0), next[page(0)]) // before its script
		wait(10 * time.Second)
		write(t, v.Dir, page(1), next[page(1)][:100])
		wait(10 * time.Second)
		if err := os.Remove(filepath.Join(v.Dir, style(0))); err != nil {
			t.Fatal(err)
		}
		wait(10 * time.Second)
		for name, content := range next {
			write(t, v.Dir, name, content)
		}
		wait(10 * time.Second)
		seen := v.End()
		if seen.Mixed != 20*time.Second || seen.Looks != 51 {
			t.Errorf("mixed for %v in %d looks", seen.Mixed, seen.Looks)
		}
		if len(seen.Half) != 1 || seen.Half[page(1)] == "" || len(seen.Missing) != 1 || seen.Missing[style(0)] == "" || len(seen.Broken) != 1 || seen.Broken[page(0)] == "" {
			t.Errorf("%+v", seen)
		}
	})
}
