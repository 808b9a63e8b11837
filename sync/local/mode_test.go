package local_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

func modeStep(p manifest.Path, was manifest.Entry, mode uint16) sync.Step {
	return sync.Step{Op: sync.SetMode, Path: p, Expect: was, Want: manifest.Entry{Kind: manifest.File, Mode: mode}}
}

// TestSetMode shows, writes and sets permission bits.
func TestSetMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("not tested: there are no permission bits")
	}
	d, h := open(t, local.Options{Permissions: true})
	h.Write("f", "content", fixedTime)
	h.must(os.Chmod(h.at("f"), 0o640|fs.ModeSetuid))
	was := scan(t, d).At("f")
	if was.Mode != 0o640 {
		t.Fatalf("shows %o", was.Mode)
	}
	out := apply(t, d, modeStep("f", was, 0o755))[0]
	info, err := os.Stat(h.at("f"))
	if h.must(err); out.Err != nil || out.Entry.Mode != 0o755 || info.Mode() != 0o755 || out.Entry != scan(t, d).At("f") {
		t.Errorf("mode %v, %+v", info.Mode(), out)
	}
	step := put("new", fixedTime).step("g", manifest.Entry{})
	step.Want.Mode = 0o700
	applyOK(t, d, step)
	if got := scan(t, d).At("g").Mode; got != 0o700 {
		t.Errorf("a new file has %o", got)
	}
	h.Write("f", "somebody was quicker", fixedTime)
	if out := apply(t, d, modeStep("f", out.Entry, 0o600))[0]; !errors.Is(out.Err, sync.ErrChanged) {
		t.Errorf("another file: %v", out.Err)
	}
}

// TestSetModeThroughNoLink sets modes where links stand, which lead to a file outside: it
// keeps its own.
func TestSetModeThroughNoLink(t *testing.T) {
	for _, follow := range []bool{false, true} {
		d, h := open(t, local.Options{Permissions: true, FollowLinks: follow})
		outside := t.TempDir()
		target := filepath.Join(outside, "f")
		h.must(os.WriteFile(target, []byte("content"), 0o600))
		h.must(os.Chtimes(target, fixedTime, fixedTime))
		h.Write("dir/f", "content", fixedTime)
		h.Write("f", "content", fixedTime)
		tree := scan(t, d)
		h.Remove("dir")
		h.Remove("f")
		if err := errors.Join(os.Symlink(outside, h.at("dir")), os.Symlink(target, h.at("f"))); err != nil {
			t.Skip("not tested: no links")
		}
		for i, out := range apply(t, d, modeStep("dir/f", tree.At("dir/f"), 0o777), modeStep("f", tree.At("f"), 0o777)) {
			if out.Err == nil {
				t.Errorf("step %d went through a link", i)
			}
		}
		if info, err := os.Stat(target); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
			t.Errorf("the file outside has %v, %v", info.Mode(), err)
		}
	}
}
