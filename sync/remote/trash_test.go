package remote

import (
	"slices"
	"testing"
	"time"

	"ferry/manifest"
)

func TestTrashPlaces(t *testing.T) {
	var k trash
	now := time.Date(2026, 11, 22, 16, 20, 0, 5e8, time.UTC)
	k.turn(now)
	at, dirs := k.next("/r", "a/b")
	want := []string{"/r/.ferry", "/r/.ferry/trash", "/r/.ferry/trash/20261122-162000", "/r/.ferry/trash/20261122-162000/a"}
	if at.String() != "/r/.ferry/trash/20261122-162000/a/b" || !slices.Equal(dirs, want) {
		t.Errorf("first: %s, %q", at, dirs)
	}
	k.known(dirs)
	if at, dirs := k.next("/r", "a/c"); at.String() != "/r/.ferry/trash/20261122-162000/a/c" || len(dirs) != 0 {
		t.Errorf("beside it: %s, %q", at, dirs)
	}
	if at, _ := k.next("/r", "a/b"); at.String() != "/r/.ferry/trash/20261122-162001/a/b" {
		t.Errorf("the same once more: %s", at)
	}
	k.turn(now)
	if at, _ := k.next("/r", "x"); at.String() != "/r/.ferry/trash/20261122-162001/x" {
		t.Errorf("another pass in the same second: %s", at)
	}
	k.turn(now.Add(time.Hour))
	if at, _ := k.next("", "x"); at.String() != "/.ferry/trash/20261122-172000/x" {
		t.Errorf("a later pass: %s", at)
	}
	k.doubt()
	if _, dirs := k.next("/r", "a/d"); len(dirs) != 4 {
		t.Errorf("after the trash was emptied: %q", dirs)
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
	var k temps
	mine, other := "0123456789abcdef", "fedcba9876543210"
	see := func(mark string, size int64) place {
		at := place{"/d", manifest.TempName(mark+"00000000", "f", false)}
		k.saw("/d", listed{name: at.name, entry: manifest.Entry{Kind: manifest.File, Size: size}})
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
