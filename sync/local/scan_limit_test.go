package local_test

import (
	"errors"
	"testing"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

func TestScanOfTooMany(t *testing.T) {
	d, h := open(t, local.Options{})
	for _, p := range []string{"a/1", "a/2", "b/1"} {
		h.Write(p, "x", fixedTime)
	}
	for most, fails := range map[int]bool{0: false, 4: true, 5: false} {
		_, err := d.Scan(t.Context(), sync.Look{MaxEntries: most})
		if many := new(sync.TooManyEntriesError); errors.As(err, &many) != fails || !fails && err != nil {
			t.Errorf("at most %d: %v", most, err)
		}
	}
	ignore := func(p manifest.Path, _ bool) bool { return p == "a" }
	if _, err := d.Scan(t.Context(), sync.Look{MaxEntries: 2, Ignore: ignore}); err != nil {
		t.Errorf("what is ignored counts: %v", err)
	}
}
