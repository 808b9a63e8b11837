package left

import (
	"context"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"ferry/internal/deploy/release"
	"ferry/manifest"
	"ferry/sync"
)

func seen(size int64, at time.Time, p manifest.Precision) manifest.Entry {
	e := manifest.Entry{Kind: manifest.File, Size: size}
	e.SetTime(at, p)
	return e
}

// TestClaims holds that only files count that are as the deploy saw them, and only what can be
// read without a key.
func TestClaims(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var sum release.Sum
	whole := sha256.Sum256([]byte("text"))
	copy(sum[:], whole[:])
	r := &release.Release{Number: 3, ID: "0123456789abcdef", Time: at, By: "ferry test", Files: []release.File{
		{Path: "a", Sum: sum, Seen: seen(4, at, manifest.Second)},
		{Path: "minute", Sum: sum, Seen: seen(4, at.Truncate(time.Minute), manifest.Minute)},
	}}
	for _, tt := range []struct {
		why   string
		key   []byte
		spoil func(b []byte) ([]byte, error)
		w     sync.Wanted
		want  bool
	}{
		{"as it was", nil, nil, sync.Wanted{Path: "a", Entry: seen(4, at, manifest.Second)}, true},
		{"another size", nil, nil, sync.Wanted{Path: "a", Entry: seen(5, at, manifest.Second)}, false},
		{"another time", nil, nil, sync.Wanted{Path: "a", Entry: seen(4, at.Add(time.Second), manifest.Second)}, false},
		{"a time to the minute", nil, nil, sync.Wanted{Path: "a", Entry: seen(4, at.Truncate(time.Minute), manifest.Minute)}, false},
		{"seen to the minute", nil, nil, sync.Wanted{Path: "minute", Entry: seen(4, at.Truncate(time.Minute), manifest.Second)}, false},
		{"another file", nil, nil, sync.Wanted{Path: "b", Entry: seen(4, at, manifest.Second)}, false},
		{"a directory", nil, nil, sync.Wanted{Path: "a", Entry: manifest.Entry{Kind: manifest.Dir}}, false},
		{"encrypted", []byte("0123456789abcdef"), nil, sync.Wanted{Path: "a", Entry: seen(4, at, manifest.Second)}, false},
		{"damaged", nil, func(b []byte) ([]byte, error) { b[len(b)/2]++; return b, nil }, sync.Wanted{Path: "a", Entry: seen(4, at, manifest.Second)}, false},
		{"cannot be read", nil, func(b []byte) ([]byte, error) { return b, errors.New("550 no") }, sync.Wanted{Path: "a", Entry: seen(4, at, manifest.Second)}, false},
	} {
		b, err := release.Encode(r, tt.key)
		if err != nil {
			t.Fatal(err)
		}
		if tt.spoil == nil {
			tt.spoil = func(b []byte) ([]byte, error) { return b, nil }
		}
		reads := 0
		record := &Record{Read: func(_ context.Context, name string, _ int64) ([]byte, error) {
			if reads++; name != "state" {
				t.Errorf("%s is read", name)
			}
			return tt.spoil(b)
		}}
		for range 2 {
			claims := record.Claims(t.Context(), []sync.Wanted{tt.w})
			if got := claims[0] == string(sum[:]); got != tt.want || !got && claims[0] != "" {
				t.Errorf("%s: %x", tt.why, claims[0])
			}
		}
		if reads != 1 {
			t.Errorf("%s: read %d times", tt.why, reads)
		}
		if record.Forget(); record.release != nil {
			t.Errorf("%s: the release is kept", tt.why)
		}
		if again := record.Claims(t.Context(), []sync.Wanted{tt.w}); (again[0] == string(sum[:])) != tt.want || reads != 2 {
			t.Errorf("%s, in a later pass: %x, read %d times", tt.why, again[0], reads)
		}
	}
}
