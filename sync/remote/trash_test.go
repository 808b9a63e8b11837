package remote

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

func TestTrashPlaces(t *testing.T) {
	var k trashDirs
	now := time.Date(2026, 11, 22, 16, 20, 0, 5e8, time.UTC)
	next := func(root, below, want string) (string, []string) {
		t.Helper()
		stamp := k.wanted(below)
		if stamp != want {
			t.Errorf("%s wants a stamp directory of %q, not %q", below, stamp, want)
		}
		if stamp != "" {
			k.made("", stamp+"-2")
		}
		at, dirs := k.take(root, below)
		return at.String(), dirs
	}
	k.beginPass(now)
	at, dirs := next("/r", "a/b", "20261122-162000")
	want := []string{"/r/.ferry", "/r/.ferry/trash", "/r/.ferry/trash/20261122-162000-2", "/r/.ferry/trash/20261122-162000-2/a"}
	if at != "/r/.ferry/trash/20261122-162000-2/a/b" || !slices.Equal(dirs, want) {
		t.Errorf("first: %s, %q", at, dirs)
	}
	k.note(dirs...)
	if at, dirs := next("/r", "a/c", ""); at != "/r/.ferry/trash/20261122-162000-2/a/c" || len(dirs) != 0 {
		t.Errorf("beside it: %s, %q", at, dirs)
	}
	if at, _ := next("/r", "a/b", "20261122-162001"); at != "/r/.ferry/trash/20261122-162001-2/a/b" {
		t.Errorf("the same once more: %s", at)
	}
	k.beginPass(now)
	if at, _ := next("/r", "x", ""); at != "/r/.ferry/trash/20261122-162001-2/x" {
		t.Errorf("another scan in the same second: %s", at)
	}
	k.beginPass(now.Add(time.Hour))
	if at, _ := next("", "x", "20261122-172000"); at != "/.ferry/trash/20261122-172000-2/x" {
		t.Errorf("a later pass: %s", at)
	}
	k.forget()
	if _, dirs := next("/r", "a/d", ""); len(dirs) != 4 {
		t.Errorf("after the trash was emptied: %q", dirs)
	}
}

// TestTrashOfPassesInOneSecond overwrites one file again and again, each time by
// another process: every version stays in the trash.
func TestTrashOfPassesInOneSecond(t *testing.T) {
	root := t.TempDir()
	server, err := ftpserver.Start(ftpserver.Options{Root: root, User: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	const passes = 8
	for i := range passes {
		if err := os.WriteFile(filepath.Join(root, "f"), fmt.Append(nil, "version ", i), 0o666); err != nil {
			t.Fatal(err)
		}
		d := open(t, server.Addr(), "u", "p", "", nil)
		tree, err := d.Scan(t.Context(), sync.Look{})
		if err != nil {
			t.Fatal(err)
		}
		step := sync.Step{Op: sync.Remove, Path: "f", Expect: tree.At("f"), Trash: true}
		d.Apply(t.Context(), []sync.Step{step}, func(_ int, out sync.Outcome) {
			if out.Err != nil {
				t.Error(out.Err)
			}
		})
	}
	kept, err := filepath.Glob(filepath.Join(root, ".ferry/trash/*/f"))
	if err != nil || len(kept) != passes {
		t.Errorf("%d versions of %d are in the trash: %q, %v", len(kept), passes, kept, err)
	}
}

func TestTempsAge(t *testing.T) {
	now := time.Date(2026, 11, 22, 16, 20, 0, 0, time.UTC)
	tests := []struct {
		ago  time.Duration
		p    manifest.Precision
		want bool
	}{
		{23 * time.Hour, manifest.Second, false},
		{25 * time.Hour, manifest.Second, true},
		{38 * time.Hour, manifest.Minute, false}, // LIST may be in any zone
		{40 * time.Hour, manifest.Minute, true},
		{50 * time.Hour, manifest.Day, false},
		{70 * time.Hour, manifest.Day, true},
		{1000 * time.Hour, manifest.NoTime, false},
		{-1000 * time.Hour, manifest.Second, false},
	}
	for _, tt := range tests {
		e := manifest.Entry{Kind: manifest.File, ModTime: now.Add(-tt.ago).UnixNano(), Precision: tt.p}
		if got := isOld(e, now); got != tt.want {
			t.Errorf("%v ago, precision %d: %v", tt.ago, tt.p, got)
		}
	}
}

func TestTempsClaim(t *testing.T) {
	var k temporaries
	mine, other := "0123456789abcdef", "fedcba9876543210"
	see := func(mark string, size int64) place {
		at := place{"/d", manifest.TempName(mark+"00000000", "f", false)}
		k.saw(at, manifest.Entry{Kind: manifest.File, Size: size})
		return at
	}
	see(other, 900)
	at := see(mine, 100)
	if got, ok := k.claim(place{"/e", "f"}, mine); ok {
		t.Errorf("claimed %s from another directory", got)
	}
	if got, ok := k.claim(place{"/d", "f"}, mine); !ok || got != at {
		t.Errorf("claimed %s, want %s", got, at)
	}
	if got, ok := k.claim(place{"/d", "f"}, mine); ok {
		t.Errorf("claimed %s twice", got)
	}
	see(mine, 100)
	k.begin(at)
	if got, ok := k.claim(place{"/d", "f"}, mine); ok {
		t.Errorf("claimed %s, which is being written", got)
	}
}
