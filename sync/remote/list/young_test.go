package list

import (
	"testing"
	"time"

	"ferry/manifest"
)

func TestIsYoung(t *testing.T) {
	now := time.Date(2026, 11, 22, 16, 20, 0, 0, time.UTC)
	hour := now.Unix() + 3600
	tests := []struct {
		why    string
		shown  time.Duration // before now
		p      manifest.Precision
		newest int64
		want   bool
	}{
		{"this minute", 0, manifest.Minute, hour, true},
		{"this minute, five and a half zones away", 5*time.Hour + 30*time.Minute, manifest.Minute, hour, true},
		{"this minute, zones ahead", -9 * time.Hour, manifest.Minute, hour, true},
		{"eight minutes ago", 8 * time.Minute, manifest.Minute, hour, false},
		{"two days ago", 48 * time.Hour, manifest.Minute, hour, false},
		{"eight minutes ago, and nothing is newer", 8 * time.Minute, manifest.Minute, now.Unix() - 480, true},
		{"a month ago, and nothing is newer", 720 * time.Hour, manifest.Minute, now.Unix() - 720*3600, false},
		{"shown by the day", 0, manifest.Day, hour, false},
	}
	for _, tt := range tests {
		e := manifest.Entry{Kind: manifest.File, Shown: now.Add(-tt.shown).Unix(), ShownPrecision: tt.p}
		if got := (&Listing{Newest: tt.newest}).IsYoung(e, now.Unix()); got != tt.want {
			t.Errorf("%s: %v", tt.why, got)
		}
	}
}
