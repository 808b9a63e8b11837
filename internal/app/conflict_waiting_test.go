package app

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ferry/internal/config"
	"ferry/manifest"
)

// The conflicts that wait are kept beside the record, whatever their names.
func TestWaitingConflictsAreKept(t *testing.T) {
	dir := t.TempDir()
	o := NewOpener(Options{StateDir: dir})
	p := &Pair{Profile: &config.Profile{Name: "site", Local: dir}}
	if err := os.Mkdir(filepath.Join(dir, "pairs"), 0o700); err != nil {
		t.Fatal(err)
	}
	want := []manifest.Path{"a b.sync-conflict-20260728-090501-local-abcdef.txt", "dir/\"x\" é", "latin1\xe9"}
	if err := o.waitingConflicts(p).Save(want); err != nil {
		t.Fatal(err)
	}
	if got := o.waitingConflicts(p).Copies(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
