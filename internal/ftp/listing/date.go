package listing

import (
	"strings"
	"time"
)

// A stamp is a time as a line shows it, or no time.
type stamp struct {
	time      time.Time
	precision Precision
}

// stampOf makes a stamp of numbers. It returns false if they name no real date.
func stampOf(precision Precision, year, month, day, hour, minute, sec int) (stamp, bool) {
	if month < 1 || month > 12 || hour > 23 || minute > 59 || sec > 59 {
		return stamp{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, sec, 0, time.UTC)
	return stamp{t, precision}, t.Day() == day && int(t.Month()) == month
}

// date makes a time in UTC of numbers that name a real date, and false of
// others.
func date(year, month, day, hour, minute, sec int) (time.Time, bool) {
	s, ok := stampOf(Second, year, month, day, hour, minute, sec)
	return s.time, ok
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

// dayOf makes a date of three numbers in the order in which they stand, as in
// "27/08/2010". Its precision is NoTime if two readings are possible. It returns false
// if none is.
func dayOf(a, b, c string) (s stamp, ok bool) {
	if !digits(a) || !digits(b) || !digits(c) || len(b) > 2 {
		return stamp{}, false
	}
	switch {
	case len(a) > 4 && len(c) <= 2: // a year that the server itself does not believe in
		return stamp{}, true
	case len(a) == 4 && len(c) <= 2:
		return stampOf(Day, number(a), number(b), number(c), 0, 0, 0)
	case len(a) > 2 || len(c) != 4 && len(c) != 2:
		return stamp{}, false
	}
	year := number(c)
	if len(c) == 2 {
		if number(a) > 31 { // the year comes first
			return stampOf(Day, fullYear(number(a)), number(b), number(c), 0, 0, 0)
		}
		if year <= 31 { // any of the three can be the year
			return stamp{}, number(a) > 0 && number(b) > 0 && (number(a) <= 12 || number(b) <= 12 || year <= 12)
		}
		year = fullYear(year)
	}
	monthFirst, first := stampOf(Day, year, number(a), number(b), 0, 0, 0)
	dayFirst, second := stampOf(Day, year, number(b), number(a), 0, 0, 0)
	switch {
	case first && second && monthFirst != dayFirst:
		return stamp{}, true
	case first:
		return monthFirst, true
	}
	return dayFirst, second
}

// fullYear completes a year of two digits.
func fullYear(year int) int {
	if year < 70 {
		return 2000 + year
	}
	return 1900 + year
}

// splitDay splits a date like "27/08/2010" at its separators, which are all the same.
func splitDay(s string) (a, b, c string, ok bool) {
	for _, separator := range []string{"-", "/", "."} {
		if parts := strings.Split(s, separator); len(parts) == 3 {
			return parts[0], parts[1], parts[2], true
		}
	}
	return "", "", "", false
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

// longClock reads HH:MM:SS, with a fraction or without.
func longClock(s string) (hour, minute, sec int, fraction string, ok bool) {
	s, fraction, _ = strings.Cut(s, ".")
	if n := len(s); n < 7 || s[n-3] != ':' || !digits(s[n-2:]) || number(s[n-2:]) > 59 {
		return 0, 0, 0, "", false
	}
	hour, minute, ok = clock(s[:len(s)-3])
	return hour, minute, number(s[len(s)-2:]), fraction, ok
}

// at returns the day s with a clock.
func (s stamp) at(hour, minute, sec int, precision Precision) stamp {
	if s.precision == NoTime {
		return s
	}
	d := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(sec)*time.Second
	return stamp{s.time.Add(d), precision}
}
