package remote

import (
	"testing"
	"time"

	"ferry/manifest"
)

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
