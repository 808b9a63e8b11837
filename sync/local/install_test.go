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

// A moment opens a directory with one file in it, f, as it was looked at.
func moment(t *testing.T) (d *Directory, pl *place, was manifest.Entry) {
	t.Helper()
	d, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	h, err := d.home(true)
	if err != nil {
		t.Fatal(err)
	}
	if pl, err = openPlace(h, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pl.close)
	save(t, d, "f", "as it was looked at")
	if _, was, err = pl.look("f"); err != nil {
		t.Fatal(err)
	}
	return d, pl, was
}

// save saves a file as an editor does, as another file in its place.
func save(t *testing.T, d *Directory, name, content string) {
	t.Helper()
	path := filepath.Join(d.path, name)
	if err := os.WriteFile(path+" new", []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+" new", path); err != nil {
		t.Fatal(err)
	}
}

// saved returns the contents of all files, wherever they are.
func saved(t *testing.T, d *Directory) []string {
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

// Somebody saves the file between the last look and the step that replaces or
// removes it.
func TestSavedInTheLastMoment(t *testing.T) {
	for _, with := range []struct {
		name string
		do   func(d *Directory, pl *place, was manifest.Entry) error
	}{
		{"put", func(d *Directory, pl *place, was manifest.Entry) error {
			return late(d, pl, sync.Step{Path: "f", Expect: was})
		}},
		{"put with trash", func(d *Directory, pl *place, was manifest.Entry) error {
			return late(d, pl, sync.Step{Path: "f", Expect: was, Trash: true})
		}},
		{"put of a new file", func(d *Directory, pl *place, _ manifest.Entry) error {
			return late(d, pl, sync.Step{Path: "f"})
		}},
		{"capture", func(_ *Directory, pl *place, was manifest.Entry) error {
			return capture(pl, "f", pl, tempName(noFingerprint, "f"), was)
		}},
	} {
		t.Run(with.name, func(t *testing.T) {
			d, pl, was := moment(t)
			save(t, d, "f", "saved in the last moment")
			if err := with.do(d, pl, was); !errors.Is(err, sync.ErrChanged) {
				t.Errorf("error is %v, want ErrChanged", err)
			}
			if got, want := saved(t, d), []string{"f: saved in the last moment"}; !slices.Equal(got, want) {
				t.Errorf("there is %q, want %q", got, want)
			}
		})
	}
}

// late does what is left of a Put after its last look.
func late(d *Directory, pl *place, s sync.Step) error {
	w := &writing{d: d, home: pl.home, s: s, pl: pl, name: "f", out: &sync.Outcome{}, temp: tempName(fingerprint("f", s.Want), "f")}
	if err := os.WriteFile(filepath.Join(d.path, w.temp), []byte("from the other side"), 0o666); err != nil {
		return err
	}
	_, w.stamp, _ = pl.look(w.temp)
	b := &batch{d: d, dirs: make(map[string]*os.File)}
	err := w.install(b)
	w.leave(context.Background(), err)
	b.flush()
	return err
}

// Somebody saves the file once more while it is being put back.
func TestSavedWhilePuttingBack(t *testing.T) {
	d, pl, was := moment(t)
	w := &writing{d: d, home: pl.home, s: sync.Step{Path: "f", Expect: was}, pl: pl, name: "f", temp: tempName(noFingerprint, "f")}
	save(t, d, w.temp, "saved first") // what the exchange brought out
	save(t, d, "f", "saved second")   // and what replaced ours since
	if err := w.swapBack(); err != nil {
		t.Skipf("no exchange here: %v", err)
	}
	w.leave(t.Context(), sync.ErrChanged)
	got := strings.Join(saved(t, d), "\n")
	for _, content := range []string{"saved first", "saved second"} {
		if !strings.Contains(got, content) {
			t.Errorf("%q is lost: %s", content, got)
		}
	}
}

func TestRenameNewReplacesNothing(t *testing.T) {
	for name, rename := range map[string]func(from *place, x string, to *place, y string) error{"one step": renameNew, "two steps": renameLooking} {
		t.Run(name, func(t *testing.T) {
			d, pl, _ := moment(t)
			save(t, d, "g", "taken")
			if err := os.Mkdir(filepath.Join(d.path, "d"), 0o777); err != nil {
				t.Fatal(err)
			}
			for _, to := range []string{"g", "d"} {
				if err := rename(pl, "f", pl, to); !errors.Is(err, os.ErrExist) {
					t.Errorf("to %s: %v, want that it exists", to, err)
				}
			}
			if err := rename(pl, "d", pl, "g"); err == nil {
				t.Error("a directory took the place of a file")
			}
			if err := rename(pl, "f", pl, "h"); err != nil {
				t.Error(err)
			}
			if err := rename(pl, "d", pl, "e"); err != nil {
				t.Error(err)
			}
			want := []string{"g: taken", "h: as it was looked at"}
			if got := saved(t, d); !slices.Equal(got, want) {
				t.Errorf("there is %q, want %q", got, want)
			}
		})
	}
}

// A file that was changed a moment ago may be changed again without getting
// another time; reading waits for that moment to pass.
func TestRest(t *testing.T) {
	for _, with := range []struct {
		name  string
		mtime time.Duration // from now
		fine  bool
		least time.Duration
	}{
		{"old", -time.Hour, false, 0},
		{"in the future", time.Hour, false, 0},
		{"just now", 0, true, tick - time.Millisecond},
		{"a moment ago", -tick, true, 0},
	} {
		t.Run(with.name, func(t *testing.T) {
			start := time.Now()
			if err := rest(t.Context(), start.Add(with.mtime), with.fine); err != nil {
				t.Fatal(err)
			}
			if d := time.Since(start); d < with.least {
				t.Errorf("waited %v, want %v at least", d, with.least)
			}
		})
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errInUse)
	if err := rest(ctx, time.Now(), false); !errors.Is(err, errInUse) {
		t.Errorf("cancelled: %v, want the cause", err)
	}
}

func TestIdentity(t *testing.T) {
	seen := make(map[uint64]bool)
	for _, device := range []uint64{0, 1, 2, 0xfe01} {
		for inode := range uint64(1000) {
			id := identity(device, inode+1, 1)
			if id == 0 || seen[id] {
				t.Fatalf("device %d, inode %d: identity %d is not its own", device, inode, id)
			}
			seen[id] = true
		}
	}
	if identity(5, 7, 5) != identity(9, 7, 9) {
		t.Error("another device number of the root makes other identities")
	}
	if identity(1, 0, 1) != 0 {
		t.Error("no inode has an identity")
	}
}
