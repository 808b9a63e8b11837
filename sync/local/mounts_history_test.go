package local

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

// A mountHistory is a pair of two directories. A disk is mounted below one of them and
// unmounted again: its content is moved there and away.
type mountHistory struct {
	*testing.T
	rand    *rand.Rand
	a, b    string // the roots
	disk    string // what is on the disk while it is not mounted
	mounted bool
	files   map[string]bool // all that users have made
	changed []manifest.Path
	log     []string
}

func (h *mountHistory) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatalf("%v\nafter %q", err, h.log)
	}
}

// write makes or changes a file on one of the sides.
func (h *mountHistory) write() {
	dir := []string{"", "media/disk", "media/disk/deep", "other"}[h.rand.IntN(4)]
	if !h.mounted && dir != "" && dir != "other" {
		return
	}
	root := []string{h.a, h.b}[h.rand.IntN(2)]
	name := filepath.Join(dir, fmt.Sprint("f", h.rand.IntN(6)))
	h.must(os.MkdirAll(filepath.Join(root, dir), 0o755))
	h.must(os.WriteFile(filepath.Join(root, name), fmt.Append(nil, "version ", len(h.log), h.rand.IntN(1e9)), 0o644))
	h.files[name] = true
	h.changed = append(h.changed, manifest.Path(name))
	h.log = append(h.log, "write "+name+" in "+filepath.Base(root))
}

// unmount takes the disk away, and sometimes its mount point and the directory above.
func (h *mountHistory) unmount() {
	at := filepath.Join(h.a, "media/disk")
	h.must(os.Rename(at, h.disk))
	switch h.rand.IntN(3) {
	case 0:
		h.must(os.Mkdir(at, 0o755))
	case 1:
		h.must(os.RemoveAll(filepath.Dir(at)))
	}
	h.mounted = false
	h.changed = append(h.changed, "media/disk", "media/disk/deep")
	h.log = append(h.log, "unmount")
}

func (h *mountHistory) mount() {
	at := filepath.Join(h.a, "media/disk")
	h.must(os.RemoveAll(at))
	h.must(os.MkdirAll(filepath.Dir(at), 0o755))
	h.must(os.Rename(h.disk, at))
	h.mounted = true
	h.changed = append(h.changed, "media/disk")
	h.log = append(h.log, "mount")
}

// pass makes a pass over all, or over what has changed.
func (h *mountHistory) pass(e *sync.Engine) {
	var sum sync.Summary
	var err error
	if h.rand.IntN(2) == 0 {
		h.log = append(h.log, "pass")
		sum, err = e.Sync(h.Context())
	} else {
		h.log = append(h.log, "pass over a part")
		sum, err = e.SyncPaths(h.Context(), sync.Scope{Local: h.changed, Remote: []manifest.Path{manifest.Root, "media", "media/disk", "media/disk/deep", "other"}})
	}
	h.must(err)
	h.changed = nil
	if sum.DeletedLocal+sum.DeletedRemote > 0 {
		h.Fatalf("users deleted nothing, and a pass did: %+v\nafter %q", sum, h.log)
	}
}

// content returns the files below a root.
func (h *mountHistory) content(root string) map[string]string {
	all := make(map[string]string)
	h.must(filepath.Walk(root, func(p string, info os.FileInfo, err error) error {
		if err == nil && info.IsDir() && info.Name() == manifest.Own {
			return filepath.SkipDir
		}
		if err == nil && !info.IsDir() {
			text, rerr := os.ReadFile(p)
			name, _ := filepath.Rel(root, p)
			all[filepath.ToSlash(name)], err = string(text), rerr
		}
		return err
	}))
	return all
}

// newMountHistory makes a pair whose sides are in step, with the disk mounted.
func newMountHistory(t *testing.T, seed uint64) (*mountHistory, *sync.Engine) {
	dir := t.TempDir()
	h := &mountHistory{T: t, rand: rand.New(rand.NewPCG(seed, 1)), a: filepath.Join(dir, "a"), b: filepath.Join(dir, "b"),
		disk: filepath.Join(dir, "disk"), mounted: true, files: make(map[string]bool)}
	for _, made := range []string{"a/media/disk/deep", "a/other", "b"} {
		h.must(os.MkdirAll(filepath.Join(dir, made), 0o755))
	}
	for _, made := range []string{"media/disk/f0", "media/disk/deep/f1", "other/f", "f"} {
		h.must(os.WriteFile(filepath.Join(h.a, made), []byte(made), 0o644))
	}
	near, err := Open(h.a, Options{NoSync: true})
	h.must(err)
	far, err := Open(h.b, Options{NoSync: true})
	h.must(err)
	near.listMounts = func(string) (mounts, error) {
		if h.mounted {
			return mounts{"media/disk": 7}, nil
		}
		return mounts{}, nil
	}
	far.listMounts = func(string) (mounts, error) { return mounts{}, nil }
	record, err := manifest.OpenStore(filepath.Join(dir, "record.db"), manifest.StoreOptions{})
	h.must(err)
	t.Cleanup(func() {
		h.must(record.Close())
		h.must(near.Close())
		h.must(far.Close())
	})
	e := sync.New(near, far, record, sync.Options{Limits: sync.Limits{AllowDeletes: true}})
	h.pass(e)
	return h, e
}

// TestMountPointGone removes the mount point of a missing disk and the directory above it,
// while the other side makes a file there: nobody deleted what is on the disk.
func TestMountPointGone(t *testing.T) {
	for _, made := range []string{"", "media/disk/new", "media/new"} {
		h, e := newMountHistory(t, 0)
		h.must(os.Rename(filepath.Join(h.a, "media/disk"), h.disk))
		h.must(os.RemoveAll(filepath.Join(h.a, "media")))
		h.mounted = false
		if made != "" {
			h.must(os.WriteFile(filepath.Join(h.b, made), []byte("new"), 0o644))
		}
		h.log = append(h.log, "unmount, without mount point")
		h.pass(e)
		h.mount()
		for range 2 {
			_, err := e.Sync(t.Context())
			h.must(err)
		}
		if a, b := h.content(h.a), h.content(h.b); !maps.Equal(a, b) || a["media/disk/f0"] == "" {
			t.Errorf("%q: the sides hold %q and %q", made, a, b)
		}
	}
}

// TestMountHistories mounts and unmounts a disk between passes over all and over parts.
// Users delete nothing, so no pass does, and once the disk is mounted again both sides come
// to the same.
func TestMountHistories(t *testing.T) {
	for seed := range uint64(6) {
		h, e := newMountHistory(t, seed)
		for range 12 {
			switch h.rand.IntN(4) {
			case 0:
				if h.mounted {
					h.unmount()
				} else {
					h.mount()
				}
			case 1:
				h.pass(e)
			default:
				h.write()
			}
		}
		h.pass(e)
		if !h.mounted {
			h.mount()
		}
		for range 2 {
			_, err := e.Sync(t.Context())
			h.must(err)
		}
		a, b := h.content(h.a), h.content(h.b)
		if !maps.Equal(a, b) {
			t.Fatalf("seed %d: the sides differ: %q, %q\nafter %q", seed, a, b, h.log)
		}
	}
}
