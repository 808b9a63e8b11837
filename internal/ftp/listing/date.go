package listing

import "time"

// date makes a time in UTC of numbers that name a real date, and false of
// others.
func date(year, month, day, hour, minute, sec int) (time.Time, bool) {
	if month < 1 || month > 12 || hour > 23 || minute > 59 || sec > 59 {
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
