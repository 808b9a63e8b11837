package list

import (
	"testing"

	"ferry/manifest"
)

// TestDirModes finds the mode of each file of a listing again.
func TestDirModes(t *testing.T) {
	l := &Listing{Entries: []Line{
		{"a", manifest.Entry{Kind: manifest.File}, 0o600, false, ""},
		{"b", manifest.Entry{Kind: manifest.File}, 0o644, false, ""},
		{"c", manifest.Entry{Kind: manifest.File}, 0o644, false, ""},
		{"d", manifest.Entry{Kind: manifest.Dir}, 0o755, false, ""},
		{"e", manifest.Entry{Kind: manifest.File}, 0, false, ""},
	}}
	m := l.Modes()
	for _, one := range l.Entries {
		if got := m.Of(one.Name); one.Entry.IsFile() && got != one.Mode {
			t.Errorf("%s: %o, want %o", one.Name, got, one.Mode)
		}
	}
	if len(m.others) != 2 {
		t.Errorf("others: %v", m.others)
	}
}
