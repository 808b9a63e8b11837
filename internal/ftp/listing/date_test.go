package listing

import (
	"testing"
	"time"
)

func TestYearless(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := []struct{ why, now, want string }{
		{"this minute", "2026-11-22 16:20", "2026-11-22 16:20"},
		{"server some zones ahead", "2026-12-31 23:30", "2027-01-01 13:30"},
		{"last December seen in January", "2027-01-02 00:00", "2026-12-20 09:00"},
		{"half a year ago", "2026-11-22 16:20", "2026-05-27 08:00"},
		{"some months ahead", "2026-11-22 16:20", "2027-04-01 08:00"},
		{"leap day, a week ago", "2028-03-07 00:00", "2028-02-29 12:00"},
		{"leap day ahead", "2027-12-30 00:00", "2028-02-29 12:00"},
	}
	for _, tt := range tests {
		want := at(tt.want)
		got, ok := yearless(at(tt.now), int(want.Month()), want.Day(), want.Hour(), want.Minute())
		if !ok || !got.Equal(want) {
			t.Errorf("%s: at %s: got %v, want %s", tt.why, tt.now, got, tt.want)
		}
	}
	if got, ok := yearless(at("2026-11-22 16:20"), 4, 31, 0, 0); ok {
		t.Errorf("the 31st of April is %v", got)
	}
}

func TestFormatTimeVal(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	if got, ok := FormatTimeVal(time.Date(2026, 11, 22, 16, 17, 23, 999, zone)); got != "20261122141723" || !ok {
		t.Errorf("got %q, %v", got, ok)
	}
	if got, ok := FormatTimeVal(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)); ok {
		t.Errorf("a year of five digits yields %q", got)
	}
}
