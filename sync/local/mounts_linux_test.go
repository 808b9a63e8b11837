package local

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ferry/manifest"
	"ferry/sync"
)

// TestParseMounts reads the kernel's table. What is mounted keeps its identity where the
// names of disks and the numbers of devices change.
func TestParseMounts(t *testing.T) {
	const before = `22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 8:17 / /srv/my\040photos rw,relatime shared:5 - ext4 /dev/sdb1 rw
31 22 8:1 /data /srv/bind rw - ext4 /dev/sda1 rw
32 22 0:50 / /srv/nas rw - nfs4 nas:/photos rw
33 22 0:51 / /srv/auto rw - autofs systemd-1 rw
34 22 0:52 / /srvother rw - tmpfs tmpfs rw
`
	const after = `1022 1 8:33 / / rw - ext4 /dev/sdc1 rw
1030 22 8:1 / /srv/my\040photos rw,relatime - ext4 /dev/sda1 rw
1031 22 8:33 /data /srv/bind rw - ext4 /dev/sdc1 rw
1032 22 0:99 / /srv/nas ro - nfs4 nas:/photos rw
1033 22 0:51 / /srv/auto rw - autofs systemd-1 rw
1034 33 0:53 / /srv/auto rw - nfs nas:/auto rw
`
	uuids := func(of map[string]string) func(string) string {
		return func(source string) string { return of[source] }
	}
	a, err := parseMounts("/srv", before, uuids(map[string]string{"/dev/sda1": "system", "/dev/sdb1": "photos"}))
	if err != nil || len(a) != 3 || a["my photos"] == 0 || a["bind"] == 0 || a["nas"] == 0 {
		t.Fatalf("%v, %v", a, err)
	}
	b, err := parseMounts("/srv", after, uuids(map[string]string{"/dev/sdc1": "system", "/dev/sda1": "photos"}))
	if err != nil || b["auto"] == 0 {
		t.Fatalf("%v, %v", b, err)
	}
	delete(b, "auto")
	if !maps.Equal(a, b) {
		t.Errorf("after a restart: %v, before: %v", b, a)
	}
	c, _ := parseMounts("/srv", before, uuids(map[string]string{"/dev/sda1": "system", "/dev/sdb1": "another"}))
	if c["my photos"] == a["my photos"] || c["bind"] != a["bind"] {
		t.Errorf("another disk: %v, before: %v", c, a)
	}
	if _, err := parseMounts("/srv", "not a table\n", diskUUID); err == nil {
		t.Error("a table that cannot be read is believed")
	}
}

// mount mounts an empty file system in memory, or skips the test.
func mount(t *testing.T, at string) {
	t.Helper()
	if err := unix.Mount("tmpfs", at, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("not tested: nothing can be mounted here: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(at, unix.MNT_DETACH) })
}

// TestRealMount replaces, removes and restores files on a mounted file system, whose old
// versions go to a trash on another one, and looks at what is left when it is unmounted.
func TestRealMount(t *testing.T) {
	root := t.TempDir()
	at := filepath.Join(root, "photos")
	if err := os.Mkdir(at, 0o755); err != nil {
		t.Fatal(err)
	}
	mount(t, at)
	d, err := Open(root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Root(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	write("photos/a", "old a")
	write("photos/b", "old b")
	write("source", "new")
	scan := func(past *manifest.Tree) *manifest.Tree {
		t.Helper()
		look := sync.Look{}
		if past != nil {
			look.Past = func(p manifest.Path) manifest.Entry { return past.At(p) }
		}
		tree, err := d.Scan(t.Context(), look)
		if err != nil {
			t.Fatal(err)
		}
		return tree
	}
	past := scan(nil)
	if past.At("photos").Device == 0 {
		t.Fatal("the mount was not seen")
	}
	reader := d.Reader(t.Context(), []sync.Wanted{{Path: "source", Entry: past.At("source")}})
	defer reader.Close()
	steps := []sync.Step{
		{Op: sync.Put, Path: "photos/a", Expect: past.At("photos/a"), Want: past.At("source"), Trash: true, Open: func(ctx context.Context, offset int64) (sync.Source, error) { return reader.Open(ctx, 0, offset) }},
		{Op: sync.Remove, Path: "photos/b", Expect: past.At("photos/b"), Trash: true},
	}
	d.Apply(t.Context(), steps, func(i int, out sync.Outcome) {
		if out.Err != nil {
			t.Errorf("step %d: %v", i, out.Err)
		}
	})
	things, err := d.Trashed(t.Context(), time.Time{})
	if err != nil || len(things) != 2 {
		t.Fatalf("the trash holds %+v, %v", things, err)
	}
	for _, thing := range things {
		if was := past.At(thing.Path); thing.Entry.Size != was.Size || thing.Entry.ModTime != was.ModTime {
			t.Errorf("%s in the trash is %+v, was %+v", thing.Path, thing.Entry, was)
		}
		if thing.Path == "photos/b" {
			if err := d.Restore(t.Context(), thing); err != nil {
				t.Error(err)
			}
		}
	}
	for name, want := range map[string]string{"photos/a": "new", "photos/b": "old b"} {
		if text, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(text) != want {
			t.Errorf("%s holds %q, %v", name, text, err)
		}
	}
	if info, err := os.Stat(filepath.Join(root, "photos/b")); err != nil || info.Mode() != 0o640 {
		t.Errorf("restored with mode %v, %v", info.Mode(), err)
	}
	names, _ := filepath.Glob(filepath.Join(root, "photos/.*"))
	if len(names) > 0 {
		t.Errorf("left on the file system: %q", names)
	}

	past = scan(nil)
	if err := unix.Unmount(at, 0); err != nil {
		t.Fatal(err)
	}
	if tree := scan(past); tree.Known("photos/a") || !tree.Known("source") {
		t.Errorf("unmounted: %v", tree.Problems())
	}
	mount(t, at)
	if tree := scan(past); !tree.Known("photos/a") {
		t.Errorf("mounted again: %v", tree.Problems())
	}
}
