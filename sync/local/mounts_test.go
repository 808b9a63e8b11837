package local_test

import (
	"os"
	"strings"
	"testing"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// pastOf returns a look that has seen a tree.
func pastOf(tree *manifest.Tree, dirs ...manifest.Path) sync.Look {
	return sync.Look{Dirs: dirs, Past: func(p manifest.Path) manifest.Entry { return tree.At(p) }}
}

// TestMounts compares directories with what was mounted on them in the past: with another
// file system there, or none, they and all that is below are unknown, in a scan of all as
// in one of parts.
func TestMounts(t *testing.T) {
	d, h := open(t, local.Options{})
	for _, file := range []string{"photos/2024/a", "photos/b", "media/usb/c", "plain/d"} {
		h.Write(file, "x", fixedTime)
	}
	mounted := map[string]uint64{"photos": 7, "media/usb": 9}
	d.FakeMounts(func() map[string]uint64 { return mounted })
	past := scan(t, d)
	if past.At("photos").Device != 7 || past.At("photos/2024").Device != 0 || past.At("media/usb").Device != 9 || past.At("plain").Device != 0 {
		t.Fatal("the devices are not recorded")
	}
	for _, c := range []struct {
		name    string
		now     map[string]uint64
		unknown manifest.Path // "": nothing
		says    string
	}{
		{"as before", mounted, "", ""},
		{"unmounted", map[string]uint64{"media/usb": 9}, "photos", "missing: mount it again"},
		{"unmounted below another directory", map[string]uint64{"photos": 7}, "media/usb", "missing"},
		{"another one", map[string]uint64{"photos": 8, "media/usb": 9}, "photos", "another file system"},
		{"over what was synced", map[string]uint64{"photos": 7, "media/usb": 9, "plain": 5}, "plain", "unmount it"},
		{"nobody knows", nil, "", ""},
	} {
		d.FakeMounts(func() map[string]uint64 { return c.now })
		for _, dirs := range [][]manifest.Path{nil, {"photos", "media", "media/usb", "plain", manifest.Root}, {"photos/2024", "media/usb", "plain"}} {
			tree, err := d.Scan(t.Context(), pastOf(past, dirs...))
			h.must(err)
			for _, p := range []manifest.Path{"photos", "photos/2024", "media/usb", "plain"} {
				below := p.Join("x")
				if known := tree.Known(below); known != (c.unknown == "" || !below.Within(c.unknown)) && (dirs == nil || len(dirs) > 3) {
					t.Errorf("%s, %q: %s is known: %v", c.name, dirs, below, known)
				}
			}
			problems := tree.Problems()
			if (len(problems) > 0) != (c.unknown != "") || len(problems) > 0 && !strings.Contains(problems[0].Why, c.says) {
				t.Errorf("%s, %q: problems %v", c.name, dirs, problems)
			}
		}
		look := pastOf(past)
		look.AnyDevice = true
		tree, err := d.Scan(t.Context(), look)
		h.must(err)
		if len(tree.Problems()) > 0 {
			t.Errorf("%s: accepted, and still %v", c.name, tree.Problems())
		}
	}
}

// TestUnmountedDuringAScan makes unknown what was mounted or unmounted while it was listed.
func TestUnmountedDuringAScan(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("photos/a", "x", fixedTime)
	mounted := map[string]uint64{"photos": 7}
	d.FakeMounts(func() map[string]uint64 { return mounted })
	past := scan(t, d)
	for _, dirs := range [][]manifest.Path{nil, {manifest.Root}, {"photos"}} {
		asked := 0
		d.FakeMounts(func() map[string]uint64 {
			if asked++; asked > 1 {
				return map[string]uint64{}
			}
			return mounted
		})
		tree, err := d.Scan(t.Context(), pastOf(past, dirs...))
		h.must(err)
		if tree.Known("photos/a") {
			t.Errorf("%q: what was unmounted is known", dirs)
		}
	}
}

// TestGoneMounts does not take a name for deleted because its file system is missing.
func TestGoneMounts(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("photos/a", "x", fixedTime)
	h.Write("b", "x", fixedTime)
	mounted := map[string]uint64{"photos": 7}
	d.FakeMounts(func() map[string]uint64 { return mounted })
	past := scan(t, d)
	gone := func(p manifest.Path, was manifest.Entry) error {
		return d.Gone(t.Context(), []manifest.Path{p}, []manifest.Entry{was})[0]
	}
	file := manifest.Entry{Kind: manifest.File}
	if err := gone("photos/b", file); err != nil {
		t.Errorf("deleted in what is mounted: %v", err)
	}
	mounted = map[string]uint64{}
	h.must(os.RemoveAll(h.at("photos")))
	if err := gone("photos/a", file); err == nil {
		t.Error("a file is gone with its file system")
	}
	if err := gone("photos", past.At("photos")); err == nil || !strings.Contains(err.Error(), "mount it again") {
		t.Errorf("the mount point is gone: %v", err)
	}
	if err := gone("c", file); err != nil {
		t.Errorf("outside: %v", err)
	}
}
