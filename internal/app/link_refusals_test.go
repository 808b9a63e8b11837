package app

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferry/internal/config"
	"ferry/sync/links"
)

// TestLinkRefusalsAreKept reads back, in another process, which links were refused. A file
// that cannot be read only has the side asked again.
func TestLinkRefusalsAreKept(t *testing.T) {
	dir := t.TempDir()
	profile, err := config.Pair(".", "ftp://ann@nas/a", dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	p := &Pair{Profile: profile}
	o := NewOpener(Options{StateDir: filepath.Join(dir, "state")})
	if err := os.MkdirAll(filepath.Join(o.StateDir, "pairs"), 0o700); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 8, 21, 14, 0, 0, 0, time.UTC)
	link := links.Try{Remote: true, Path: "d/größe", Target: "nothing"}
	if why := o.linkRefusals(p).Why(link, now); why != "" {
		t.Errorf("before: %q", why)
	}
	r := o.linkRefusals(p)
	r.Add(links.Refusal{Try: link, Why: "550", At: now})
	if err := r.Keep(now); err != nil {
		t.Fatal(err)
	}
	if why := o.linkRefusals(p).Why(link, now); why != "550" {
		t.Errorf("kept: %q", why)
	}
	file := filepath.Join(o.StateDir, "pairs", p.StateKey()+".links")
	if err := os.WriteFile(file, []byte(`[{"remote"`), 0o600); err != nil {
		t.Fatal(err)
	}
	if why := o.linkRefusals(p).Why(link, now); why != "" {
		t.Errorf("damaged: %q", why)
	}
}
