package local_test

import (
	"errors"
	"os"
	"testing"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// TestLinksStayInside makes links, and none whose target may be outside of the root.
func TestLinksStayInside(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("x/y/f", "content", fixedTime)
	if err := os.Symlink("f", h.at("probe")); err != nil {
		t.Skip("not tested: no links")
	}
	link := func(path manifest.Path, target string) sync.Step {
		return sync.Step{Op: sync.MakeLink, Path: path, Target: target}
	}
	applyOK(t, d, link("x/y/up", "../../x"), link("x/y/l", "f"), link("nowhere", "later"))
	for _, target := range []string{
		"x/y/up/../../secret", "x/../../secret", "../secret", "/etc/passwd", "C:/Windows/x", "c:x", `x\..\..\secret`, `\\server\share`, "..", "",
	} {
		out := apply(t, d, link("l", target))[0]
		if refused := new(sync.LinkError); !errors.As(out.Err, &refused) {
			t.Errorf("%q: %v", target, out.Err)
		}
		if _, err := os.Lstat(h.at("l")); err == nil {
			t.Fatalf("%q was made", target)
		}
	}
}
