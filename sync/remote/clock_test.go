package remote

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// TestTime asks servers of several kinds for their time, and leaves nothing behind.
func TestTime(t *testing.T) {
	for name, o := range map[string]ftpserver.Options{"MLST": {}, "MDTM": {NoMLSD: true}, "LIST": {NoMLSD: true, NoMDTM: true}} {
		t.Run(name, func(t *testing.T) {
			h := newFixture(t, o)
			now, err := h.d.Time(t.Context())
			if err != nil || time.Since(now).Abs() > time.Minute {
				t.Errorf("%v, %v", now, err)
			}
			if left, _ := filepath.Glob(filepath.Join(h.root, ".ferry/*")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
			h.fault(ftpserver.Fault{Command: "STOR", Refuse: "550 no"})
			if _, err := h.d.Time(t.Context()); !errors.Is(err, sync.ErrUnsupported) {
				t.Errorf("where nothing can be written: %v", err)
			}
			if _, err := os.Stat(filepath.Join(h.root, ".ferry")); err == nil && o.NoMLSD == false && h.d.server.refusesNonEmpty() {
				t.Error("the directory stays")
			}
		})
	}
}

// TestClockOf reads the time of a server off a new file.
func TestClockOf(t *testing.T) {
	ours := time.Date(2026, 7, 28, 12, 0, 0, 0, time.UTC)
	file := func(off time.Duration, p manifest.Precision, shown bool) manifest.Entry {
		e := manifest.Entry{Kind: manifest.File, ModTime: ours.Add(off).UnixNano(), Precision: p}
		if shown {
			e.Shown = ours.Add(off).Unix()
		}
		return e
	}
	const none = -1e9 * time.Second
	for _, tt := range []struct {
		name string
		e    manifest.Entry
		want time.Duration // from ours; none: unknown
	}{
		{"UTC", file(-3*time.Hour, manifest.Second, false), -3 * time.Hour},
		{"a zone", file(-3*time.Hour, manifest.Minute, true), 0},
		{"no zone is that far", file(-31*24*time.Hour, manifest.Minute, true), -31 * 24 * time.Hour},
		{"a day alone", file(0, manifest.Day, true), none},
		{"no time", file(0, manifest.NoTime, false), none},
		{"no file", manifest.Entry{}, none},
	} {
		got, err := clockOf(tt.e, ours)
		if tt.want == none && !errors.Is(err, sync.ErrUnsupported) || tt.want != none && (err != nil || got.Sub(ours) != tt.want) {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
	}
}
