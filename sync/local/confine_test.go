package local_test

import (
	"context"
	"os"
	"runtime"
	"testing"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// FuzzNothingLeavesTheRoot calls every method of the replica with arbitrary paths,
// in a directory full of links that lead outside.
func FuzzNothingLeavesTheRoot(f *testing.F) {
	for _, path := range []string{"f", "d/f", "up/f", "up", "d/up/root/d/f", "abs/f", "../outside/f", "/etc/passwd", "d/../../outside/f", "./f", "d//f", `d\..\..\outside\f`, "..", "deep/up/outside/f", ".ferry/trash/x", "f/../../outside/f"} {
		f.Add(path, "new", false)
		f.Add("f", path, true)
		f.Add(path, path, true)
	}
	f.Add("0", "abs/0", true) // the other side names a path where a name belongs
	f.Fuzz(func(t *testing.T, one, two string, follow bool) {
		if runtime.GOOS == "windows" {
			t.Skip("links need a privilege here")
		}
		d, h := open(t, local.Options{FollowLinks: follow, NoSync: true})
		h.Write("../outside/f", "not ours", fixedTime)
		h.Write("f", "ours", fixedTime)
		h.Write("d/f", "ours", fixedTime)
		for link, target := range map[string]string{"up": "..", "abs": h.at("../outside"), "d/up": "../..", "deep": "d", "out": "../outside/f"} {
			h.must(os.Symlink(target, h.at(link)))
		}
		outside, err := os.Stat(h.at("../outside"))
		h.must(err)
		scan(t, d)
		tryEverything(t, d, manifest.Path(one), manifest.Path(two))
		h.wantContent("../outside/f", "not ours")
		all, err := os.ReadDir(h.at("../outside"))
		h.must(err)
		now, err := os.Stat(h.at("../outside"))
		h.must(err)
		if len(all) != 1 || !now.ModTime().Equal(outside.ModTime()) {
			t.Errorf("outside was changed: %v", all)
		}
		if around, err := os.ReadDir(h.at("..")); err != nil || len(around) != 2 {
			t.Errorf("around the root: %v, %v; want root and outside", around, err)
		}
	})
}

// tryEverything carries out every operation on two unchecked paths.
func tryEverything(t *testing.T, d *local.Directory, p, q manifest.Path) {
	ctx := t.Context()
	tree := scan(t, d)
	file := put("x", fixedTime).want()
	for _, expect := range []manifest.Entry{{}, file, {Kind: manifest.Dir}, tree.At(p), {Kind: manifest.File, Size: 8, ModTime: fixedTime.UnixNano(), Name: string(q)}} {
		for _, trash := range []bool{false, true} {
			write := put("x", fixedTime)
			step := write.step(p, expect)
			step.Want.Name, step.Trash = string(q), trash
			apply(t, d, step,
				sync.Step{Op: sync.MkDir, Path: p, Want: manifest.Entry{Name: string(q)}},
				sync.Step{Op: sync.Move, From: p, Path: q, Expect: expect},
				sync.Step{Op: sync.Move, From: "f", Path: p, Expect: tree.At("f"), Want: manifest.Entry{Name: string(q)}},
				sync.Step{Op: sync.Remove, Path: p, Expect: expect, Trash: trash},
				sync.Step{Op: sync.RmDir, Path: p, Expect: expect})
		}
		if _, err := d.Sum(ctx, p, expect); err == nil && !tree.At(p).IsFile() && p.Base() != "f" {
			t.Logf("sum of %q", p)
		}
		r := d.Reader(ctx, []sync.Wanted{{Path: p, Entry: expect}})
		if src, err := r.Open(ctx, 0, 0); err == nil {
			b := make([]byte, 100)
			if n, _ := src.Read(b); string(b[:n]) == "not ours" {
				t.Errorf("%q was read outside", p)
			}
			src.Close()
		}
	}
	d.Gone(ctx, []manifest.Path{p, q}, make([]manifest.Entry, 2))
	if _, err := d.Scan(context.WithoutCancel(ctx), sync.Look{Dirs: []manifest.Path{p, q}}); err != nil {
		t.Errorf("scanning: %v", err)
	}
	if err := d.Tidy(ctx); err != nil {
		t.Logf("tidying: %v", err)
	}
}
