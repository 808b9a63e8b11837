package local

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// openWithFile opens a directory with one file in it, f, and returns its entry.
func openWithFile(t *testing.T) (d *Directory, dir *dirHandle, was manifest.Entry) {
	t.Helper()
	d, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	root, err := d.reopenRoot()
	if err != nil {
		t.Fatal(err)
	}
	if dir, err = openDir(root, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dir.close)
	saveFile(t, d, "f", "as it was checked")
	if _, was, err = dir.lookup("f"); err != nil {
		t.Fatal(err)
	}
	return d, dir, was
}

// saveFile saves a file as an editor does: it renames a new file over the old one.
func saveFile(t *testing.T, d *Directory, name, content string) {
	t.Helper()
	path := filepath.Join(d.path, name)
	if err := os.WriteFile(path+" new", []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+" new", path); err != nil {
		t.Fatal(err)
	}
}

// allContents returns the names and contents of all files.
func allContents(t *testing.T, d *Directory) []string {
	t.Helper()
	var all []string
	err := filepath.Walk(d.path, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all = append(all, strings.TrimPrefix(path, d.path+string(filepath.Separator))+": "+string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// Somebody saves the file after its last check and before the step replaces or
// removes it.
func TestSavedAfterTheLastCheck(t *testing.T) {
	for _, with := range []struct {
		name string
		do   func(d *Directory, dir *dirHandle, was manifest.Entry) error
	}{
		{"put", func(d *Directory, dir *dirHandle, was manifest.Entry) error {
			return finishPut(d, dir, sync.Step{Path: "f", Expect: was})
		}},
		{"put with trash", func(d *Directory, dir *dirHandle, was manifest.Entry) error {
			return finishPut(d, dir, sync.Step{Path: "f", Expect: was, Trash: true})
		}},
		{"put of a new file", func(d *Directory, dir *dirHandle, _ manifest.Entry) error {
			return finishPut(d, dir, sync.Step{Path: "f"})
		}},
		{"remove", func(d *Directory, dir *dirHandle, was manifest.Entry) error {
			return renameChecked(dir, "f", dir, d.temps.newName(noFingerprint), was)
		}},
	} {
		t.Run(with.name, func(t *testing.T) {
			d, dir, was := openWithFile(t)
			if with.name == "put" && errors.Is(exchange(dir, "f", "g"), errors.ErrUnsupported) {
				t.Skip("this system cannot exchange two files: only the trash keeps what was saved in the last moment")
			}
			saveFile(t, d, "f", "saved in the last moment")
			if err := with.do(d, dir, was); !errors.Is(err, sync.ErrChanged) {
				t.Errorf("error is %v, want ErrChanged", err)
			}
			if got, want := allContents(t, d), []string{"f: saved in the last moment"}; !slices.Equal(got, want) {
				t.Errorf("there is %q, want %q", got, want)
			}
		})
	}
}

// finishPut does what remains of a Put after the last check.
func finishPut(d *Directory, dir *dirHandle, s sync.Step) error {
	w := &fileWriter{d: d, root: dir.root, step: s, dir: dir, name: "f", out: &sync.Outcome{}, temp: d.temps.newName(fingerprint("f", s.Want))}
	if err := os.WriteFile(filepath.Join(d.path, w.temp), []byte("from the other side"), 0o666); err != nil {
		return err
	}
	_, w.written, _ = dir.lookup(w.temp)
	batch := &durableBatch{d: d, dirs: make(map[string]*os.File)}
	err := w.install(batch)
	w.discardTemp(context.Background(), err)
	batch.flush()
	return err
}

// Somebody saves the file once more while an exchange is undone.
func TestSavedDuringUndoReplace(t *testing.T) {
	d, dir, was := openWithFile(t)
	w := &fileWriter{d: d, root: dir.root, step: sync.Step{Path: "f", Expect: was}, dir: dir, name: "f", temp: d.temps.newName(noFingerprint)}
	saveFile(t, d, w.temp, "saved first") // this version came out of the exchange
	saveFile(t, d, "f", "saved second")   // and this one has replaced ours since
	if err := w.undoReplace(); err != nil {
		t.Skipf("no exchange here: %v", err)
	}
	w.discardTemp(t.Context(), sync.ErrChanged)
	got := strings.Join(allContents(t, d), "\n")
	for _, content := range []string{"saved first", "saved second"} {
		if !strings.Contains(got, content) {
			t.Errorf("%q is lost: %s", content, got)
		}
	}
}

func TestRenameNewReplacesNothing(t *testing.T) {
	for name, rename := range map[string]func(from *dirHandle, x string, to *dirHandle, y string) error{"one step": renameNew, "two steps": renameNewByLooking} {
		t.Run(name, func(t *testing.T) {
			d, dir, _ := openWithFile(t)
			saveFile(t, d, "g", "taken")
			if err := os.Mkdir(filepath.Join(d.path, "d"), 0o777); err != nil {
				t.Fatal(err)
			}
			for _, to := range []string{"g", "d"} {
				if err := rename(dir, "f", dir, to); !errors.Is(err, os.ErrExist) {
					t.Errorf("to %s: %v, want that it exists", to, err)
				}
			}
			if err := rename(dir, "d", dir, "g"); err == nil {
				t.Error("a directory replaced a file")
			}
			if err := rename(dir, "f", dir, "h"); err != nil {
				t.Error(err)
			}
			if err := rename(dir, "d", dir, "e"); err != nil {
				t.Error(err)
			}
			want := []string{"g: taken", "h: as it was checked"}
			if got := allContents(t, d); !slices.Equal(got, want) {
				t.Errorf("there is %q, want %q", got, want)
			}
		})
	}
}

// A file that changed a moment ago may change again and keep its time, so reading
// waits until that moment has passed.
func TestWaitForTick(t *testing.T) {
	for _, with := range []struct {
		name  string
		mtime time.Duration // from now
		fine  bool          // the file system stores fractions of a second
		least time.Duration
	}{
		{"old", -time.Hour, false, 0},
		{"in the future", time.Hour, false, 0},
		{"just now", 0, true, clockTick - time.Millisecond},
		{"a moment ago", -clockTick, true, 0},
	} {
		t.Run(with.name, func(t *testing.T) {
			start := time.Now()
			if err := waitForTick(t.Context(), start.Add(with.mtime), with.fine); err != nil {
				t.Fatal(err)
			}
			if d := time.Since(start); d < with.least {
				t.Errorf("waited %v, want %v at least", d, with.least)
			}
		})
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errInUse)
	if err := waitForTick(ctx, time.Now(), false); !errors.Is(err, errInUse) {
		t.Errorf("cancelled: %v, want the cause", err)
	}
}

func TestIdentity(t *testing.T) {
	seen := make(map[uint64]bool)
	for _, device := range []uint64{0, 1, 2, 0xfe01} {
		for inode := range uint64(1000) {
			id := identity(device, inode+1, 1)
			if id == 0 || seen[id] {
				t.Fatalf("device %d, inode %d: identity %d is zero or not unique", device, inode, id)
			}
			seen[id] = true
		}
	}
	if identity(5, 7, 5) != identity(9, 7, 9) {
		t.Error("identities depend on the device number of the root")
	}
	if identity(1, 0, 1) != 0 {
		t.Error("a file without an inode number has an identity")
	}
}
