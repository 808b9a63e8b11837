package remote

import (
	"errors"
	"time"

	"ferry/manifest"
)

var errTime = errors.New("not a time")

// parseStamp reads a time-val of RFC 3659, section 2.3 (YYYYMMDDHHMMSS with an
// optional fraction), which is UTC, and returns nanoseconds since 1970. A leap
// second counts as the second before it.
func parseStamp(s string) (int64, error) {
	whole, fraction := s, ""
	if len(s) > 14 {
		if s[14] != '.' || len(s) == 15 {
			return 0, errTime
		}
		whole, fraction = s[:14], s[15:]
	}
	if len(whole) != 14 || !digits(whole) || fraction != "" && !digits(fraction) {
		return 0, errTime
	}
	sec := number(whole[12:])
	if sec == 60 {
		sec = 59
	}
	t, ok := date(number(whole[:4]), number(whole[4:6]), number(whole[6:8]), number(whole[8:10]), number(whole[10:12]), sec)
	if !ok {
		return 0, errTime
	}
	nano := 0
	for i := range 9 {
		nano *= 10
		if i < len(fraction) {
			nano += int(fraction[i] - '0')
		}
	}
	return t.UnixNano() + int64(nano), nil
}

// formatStamp writes a time in nanoseconds since 1970 as a time-val of whole
// seconds, and false where four digits cannot hold its year.
func formatStamp(ns int64) (string, bool) {
	t := time.Unix(0, ns).UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return "", false
	}
	return t.Format("20060102150405"), true
}

// date makes a time in UTC of numbers that name a real date, and false of
// others. Years that nanoseconds since 1970 cannot hold are refused.
func date(year, month, day, hour, minute, sec int) (time.Time, bool) {
	if year < 1700 || year > 2250 || month < 1 || month > 12 || hour > 23 || minute > 59 || sec > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, sec, 0, time.UTC)
	return t, t.Day() == day && int(t.Month()) == month
}

// yearless finds the year of a date that a listing shows without one. Servers
// leave the year out for half a year back, and most of them for all of the
// future, so the nearest such date is meant, whatever the server's zone and
// however wrong its clock. The 29th of February takes the nearest leap year.
func yearless(now time.Time, month, day, hour, minute int) (time.Time, bool) {
	var best time.Time
	found := false
	for year := now.Year() - 8; year <= now.Year()+8; year++ {
		t, ok := date(year, month, day, hour, minute, 0)
		if ok && (!found || t.Sub(now).Abs() < best.Sub(now).Abs()) {
			best, found = t, true
		}
	}
	return best, found
}

// shown puts the time that a line of LIST shows into e. It stands in for the
// modification time until MDTM tells a better one.
func shown(e *manifest.Entry, t time.Time, p manifest.Precision) {
	e.Shown, e.ShownPrecision = t.Unix(), p
	if e.Shown == 0 {
		e.Shown = 1 // 0 means that no time was shown
	}
	e.ModTime, e.Precision = t.UnixNano(), p
}

var monthNames = map[string]int{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
	"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}

// clock reads HH:MM.
func clock(s string) (hour, minute int, ok bool) {
	if len(s) != 5 && len(s) != 4 || s[len(s)-3] != ':' {
		return 0, 0, false
	}
	h, m := s[:len(s)-3], s[len(s)-2:]
	if !digits(h) || !digits(m) || number(h) > 23 || number(m) > 59 {
		return 0, 0, false
	}
	return number(h), number(m), true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// number reads a few digits.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
