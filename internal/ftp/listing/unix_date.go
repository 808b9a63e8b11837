package listing

import (
	"strings"
	"time"
)

// A unixDate is what stands between the size and the name.
type unixDate struct {
	stamp
	text string // the date itself
	name string // what follows the one blank behind it
	// unsure says that a blank behind the date can belong to the column or to the name.
	unsure bool
}

// dateShapes are the shapes of dates, in the order in which they are tried.
var dateShapes = []func(s string, now time.Time) (unixDate, bool){
	wordDate, unitDate, numberDate, slashedDate, shortDate,
}

// listDate reads the date that s begins with, after blanks.
func listDate(s string, now time.Time) (unixDate, bool) {
	for _, shape := range dateShapes {
		if d, ok := shape(s, now); ok {
			d.text = strings.TrimLeft(s[:len(s)-len(d.name)], blanks)
			return d, true
		}
	}
	return unixDate{}, false
}

// wordDate reads dates whose month is a word: "Nov 22 15:44", "22. Nov., 15:44", "Nov 22
// 2026", "Nov 22, 2026 15:44", "Nov 22 15:44:05 2026".
func wordDate(s string, now time.Time) (unixDate, bool) {
	first, rest := token(s)
	second, rest := token(rest)
	day, word := second, first
	m, known, ok := month(word)
	if !ok {
		day, word = first, second
		if m, known, ok = month(word); !ok {
			return unixDate{}, false
		}
	}
	dayNumber := strings.TrimRight(day, ".,")
	if !digits(dayNumber) || len(dayNumber) > 2 {
		return unixDate{}, false
	}
	d, ok := yearOrClock(rest, now, m, number(dayNumber), strings.HasSuffix(second, ","))
	if !known {
		d.stamp = stamp{}
	}
	return d, ok
}

// yearOrClock reads what follows month and day. comma says that a comma does.
func yearOrClock(s string, now time.Time, month, day int, comma bool) (unixDate, bool) {
	if d, ok := impossibleYear(s); ok && month != 0 {
		return d, true
	}
	if month == 0 { // of a language that is not known; the date is checked with another month
		month = 1
	}
	third, rest := token(s)
	if hour, minute, isClock := clock(third); isClock {
		t, ok := yearless(now, month, day, hour, minute)
		name, spaced := cutBlank(rest)
		return unixDate{stamp: stamp{t, Minute}, name: name}, ok && spaced
	}
	if hour, minute, sec, fraction, isClock := longClock(third); isClock && fraction == "" {
		year, rest := token(rest)
		if len(year) != 4 || !digits(year) {
			return unixDate{}, false
		}
		when, ok := stampOf(Second, number(year), month, day, hour, minute, sec)
		name, spaced := cutBlank(rest)
		return unixDate{stamp: when, name: name}, ok && spaced
	}
	if len(third) != 4 || !digits(third) {
		return unixDate{}, false
	}
	when, ok := stampOf(Day, number(third), month, day, 0, 0, 0)
	if !ok {
		return unixDate{}, false
	}
	fourth, afterClock := token(rest)
	hour, minute, isClock := clock(fourth)
	if isClock && comma {
		name, spaced := cutBlank(afterClock)
		return unixDate{stamp: when.at(hour, minute, 0, Minute), name: name}, spaced
	}
	name, spaced := cutBlank(rest)
	// "ls" shows a year in five columns, so two blanks are before it and one behind it.
	narrow := gap(s) == 1 && (gap(rest) > 1 || isClock)
	return unixDate{stamp: when, name: name, unsure: narrow}, spaced
}

// impossibleYear reads a year that the server itself does not believe in, as 292278994 or
// -1. Such a date is no time.
func impossibleYear(s string) (unixDate, bool) {
	year, rest := token(s)
	name, spaced := cutBlank(rest)
	number, negative := strings.CutPrefix(year, "-")
	return unixDate{name: name}, spaced && digits(number) && (negative || len(number) > 4)
}

// unitDate reads dates whose numbers have units: "2009년 3월 8일", "4月 7日 2011年",
// "5月 24 19:08".
func unitDate(s string, now time.Time) (unixDate, bool) {
	first, rest := unitToken(s)
	year, yearFirst := cutUnit(first, yearUnits)
	gapOfYear := 2
	if yearFirst {
		first, rest = unitToken(rest)
	}
	monthText, ok := cutUnit(first, monthUnits)
	if !ok || len(monthText) > 2 {
		return unixDate{}, false
	}
	day, rest := unitToken(rest)
	if text, has := cutUnit(day, dayUnits); has {
		day = text
	}
	if !digits(day) || len(day) > 2 {
		return unixDate{}, false
	}
	if !yearFirst {
		third, afterYear := unitToken(rest)
		if year, ok = cutUnit(third, yearUnits); !ok {
			return yearOrClock(rest, now, number(monthText), number(day), false)
		}
		gapOfYear, rest = gap(rest), afterYear
	}
	if len(year) != 4 {
		return unixDate{}, false
	}
	when, ok := stampOf(Day, number(year), number(monthText), number(day), 0, 0, 0)
	name, spaced := cutBlank(rest)
	return unixDate{stamp: when, name: name, unsure: gapOfYear == 1 && gap(rest) > 1}, ok && spaced
}

// numberDate reads "6 24 05:18": month and day, or day and month, as numbers.
func numberDate(s string, now time.Time) (unixDate, bool) {
	first, rest := token(s)
	second, rest := token(rest)
	third, rest := token(rest)
	hour, minute, isClock := clock(third)
	name, spaced := cutBlank(rest)
	if !digits(first) || !digits(second) || len(first) > 2 || len(second) > 2 || !isClock || !spaced {
		return unixDate{}, false
	}
	when, ok := yearlessDay(now, number(first), number(second), hour, minute)
	return unixDate{stamp: when, name: name}, ok
}

// yearlessDay makes a time of two numbers, of which one is the month. It has no time if
// both readings are possible.
func yearlessDay(now time.Time, a, b, hour, minute int) (stamp, bool) {
	monthFirst, first := yearless(now, a, b, hour, minute)
	dayFirst, second := yearless(now, b, a, hour, minute)
	switch {
	case first && second && a != b:
		return stamp{}, true
	case first:
		return stamp{monthFirst, Minute}, true
	}
	return stamp{dayFirst, Minute}, second
}

// slashedDate reads "2026-11-22 15:44", also with seconds, a fraction and a zone, or
// with slashes or dots, and "22-11-2026 15:44". Without a clock the name must follow
// after one blank.
func slashedDate(s string, _ time.Time) (unixDate, bool) {
	first, rest := token(s)
	a, b, c, ok := splitDay(first)
	if !ok {
		return unixDate{}, false
	}
	day, ok := dayOf(a, b, c)
	if !ok {
		return unixDate{}, false
	}
	second, afterClock := token(rest)
	if hour, minute, isClock := clock(second); isClock {
		name, spaced := cutBlank(afterClock)
		return unixDate{stamp: day.at(hour, minute, 0, Minute), name: name}, spaced
	}
	if hour, minute, sec, fraction, isClock := longClock(second); isClock {
		when := day.at(hour, minute, sec, Second)
		if zone, afterZone := token(afterClock); fraction != "" && isZone(zone) {
			afterClock = afterZone
		}
		name, spaced := cutBlank(afterClock)
		return unixDate{stamp: when, name: name}, spaced
	}
	name, spaced := cutBlank(rest)
	return unixDate{stamp: day, name: name, unsure: gap(rest) > 1}, spaced
}

// isZone reports whether s is an offset like "+0100".
func isZone(s string) bool {
	return len(s) == 5 && (s[0] == '+' || s[0] == '-') && digits(s[1:])
}

// shortDate reads "07-24 2006" and "07-24 15:44": month and day in one word.
func shortDate(s string, now time.Time) (unixDate, bool) {
	first, rest := token(s)
	a, b, ok := strings.Cut(first, "-")
	if !ok || len(a) != 2 || len(b) != 2 || !digits(a) || !digits(b) {
		return unixDate{}, false
	}
	second, after := token(rest)
	name, spaced := cutBlank(after)
	if hour, minute, isClock := clock(second); isClock {
		when, ok := yearlessDay(now, number(a), number(b), hour, minute)
		return unixDate{stamp: when, name: name}, ok && spaced
	}
	if len(second) != 4 {
		return unixDate{}, false
	}
	when, ok := dayOf(a, b, second)
	return unixDate{stamp: when, name: name, unsure: gap(rest) == 1 && gap(after) > 1}, ok && spaced
}
