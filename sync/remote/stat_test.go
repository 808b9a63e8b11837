package remote

import (
	"errors"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

func TestUnchanged(t *testing.T) {
	file := manifest.Entry{Kind: manifest.File, Size: 3, ModTime: 1e18, Precision: manifest.Second, ID: 7}
	other, later, longer, minute := file, file, file, file
	other.ID, later.ModTime, longer.Size = 8, 1e18+1e9, 4
	minute.Precision, minute.ID = manifest.Minute, 0
	for _, tt := range []struct {
		why  string
		now  manifest.Entry
		want bool
	}{
		{"the same", file, true},
		{"a coarser time, no identity", minute, true},
		{"another file with the same stamps", other, false},
		{"a second later", later, false},
		{"a byte longer", longer, false},
		{"a directory", manifest.Entry{Kind: manifest.Dir}, false},
		{"nothing", manifest.Entry{}, false},
	} {
		err := unchanged("f", file, tt.now)
		if (err == nil) != tt.want || err != nil && !errors.Is(err, sync.ErrChanged) {
			t.Errorf("%s: %v", tt.why, err)
		}
	}
}
