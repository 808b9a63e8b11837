package manifest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestTempJournalKeepsDirectories(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pairs", "p.temps")
	j := OpenTempJournal(path)
	for _, dir := range []string{"", "b", "a \n\"quoted\"", "b"} {
		j.Begin(dir)
	}
	want := []string{"", "a \n\"quoted\"", "b"}
	if got := OpenTempJournal(path).Dirs(); !slices.Equal(got, want) { // as after a kill
		t.Errorf("noted %q, want %q", got, want)
	}
	j.End(func(dir string) bool { return dir == "b" })
	if got := OpenTempJournal(path).Dirs(); !slices.Equal(got, []string{"b"}) {
		t.Errorf("after the end: %q", got)
	}
	j.End(func(string) bool { return false })
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("an empty journal: %v", err)
	}
}

// TestTempJournalStoodStill holds that only what this machine saw for a day counts, and
// no time that a file bears.
func TestTempJournalStoodStill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.temps")
	now := time.Date(2026, 11, 22, 16, 20, 0, 0, time.UTC)
	old := Entry{Kind: File, Size: 7, ModTime: now.AddDate(-3, 0, 0).UnixNano()}
	grown := old
	grown.Size++
	for _, step := range []struct {
		after time.Duration
		e     Entry
		want  bool
	}{
		{0, old, false},
		{23 * time.Hour, old, false},
		{2 * time.Hour, grown, false}, // somebody writes it
		{23 * time.Hour, grown, false},
		{2 * time.Hour, grown, true},
		{-72 * time.Hour, grown, false}, // the clock was wrong
		{23 * time.Hour, grown, false},
		{2 * time.Hour, grown, true},
	} {
		now = now.Add(step.after)
		j := OpenTempJournal(path) // each time another run
		if got := j.StoodStill("d/f", step.e, now); got != step.want {
			t.Errorf("%v, %d bytes: %v", now, step.e.Size, got)
		}
		j.End(nil)
	}
	j := OpenTempJournal(path)
	j.Gone("d/f")
	if j.StoodStill("d/f", grown, now) {
		t.Error("a new file is taken for the one before it")
	}
}

func TestTempJournalOfNobody(t *testing.T) {
	var j *TempJournal
	j.Begin("d")
	j.End(nil)
	j.Gone("f")
	if len(j.Dirs()) > 0 || j.StoodStill("f", Entry{}, time.Now()) {
		t.Error("nobody remembers something")
	}
	bad := filepath.Join(t.TempDir(), "p.temps")
	if err := os.WriteFile(bad, []byte("dir \"a\nnonsense\nseen x\ndir \"b\"\n\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := OpenTempJournal(bad).Dirs(); !slices.Equal(got, []string{"b"}) {
		t.Errorf("a damaged journal: %q", got)
	}
}
