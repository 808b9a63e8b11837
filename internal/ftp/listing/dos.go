package listing

import (
	"errors"
	"strings"
	"time"
)

// tagWidth is the room that a DOS listing gives to "<DIR>" and its like, before
// the name.
const tagWidth = 15

// isDOS reports whether a line starts with a date.
func isDOS(line string) bool {
	day, _ := token(line)
	_, ok := dosDay(day)
	return ok
}

// parseDOS reads a line as servers on Windows send it: the date, the time with AM or PM
// or of 24 hours, a size or a tag like "<DIR>", the name.
func parseDOS(line string, _ time.Time) (Entry, error) {
	dayText, rest := token(line)
	day, ok := dosDay(dayText)
	if !ok {
		return Entry{}, errors.New("no date")
	}
	hour, minute, rest, ok := dosClock(rest)
	if !ok {
		return Entry{}, errors.New("no time of day")
	}
	when := day.at(hour, minute, 0, Minute)
	e := Entry{Kind: File, ModTime: when.time, Precision: when.precision}
	column, rest := token(rest)
	if strings.HasPrefix(column, "<") {
		if e.Kind, e.Name, e.Target = dosTag(column, rest); e.Kind == None {
			return Entry{}, errors.New("unknown kind")
		}
	} else {
		size, known, err := dosSize(column)
		if err != nil {
			return Entry{}, err
		}
		e.Size, e.NoSize = size, !known
		e.Name = dosName(line, rest)
	}
	if e.Name == "" {
		return Entry{}, errors.New("no name")
	}
	return e, nil
}

// sizeEnd is the column in which the sizes end that two blanks follow. Its lines have
// dates with slashes and AM or PM as a word: "12/27/2020  11:26 AM           384  name".
const sizeEnd = 34

// dosName returns the name behind a size. rest is what follows the size.
func dosName(line, rest string) string {
	if len(line)-len(rest) == sizeEnd && strings.Contains(line[:10], "/") && gap(rest) > 1 {
		return rest[2:]
	}
	name, _ := cutBlank(rest)
	return name
}

// dosTag returns the kind that a tag stands for, and the name and the target
// behind it; None if the tag is not known. A name that starts with a space keeps
// it where the columns are the usual ones. Links show their target in brackets.
func dosTag(tag, rest string) (kind Kind, name, target string) {
	name = strings.TrimLeft(rest, blanks)
	if room := max(tagWidth-len(tag), 1); len(rest) > room && strings.Trim(rest[:room], blanks) == "" {
		name = rest[room:]
	}
	switch strings.ToUpper(tag) {
	case "<DIR>":
		return Dir, name, ""
	case "<JUNCTION>", "<SYMLINKD>", "<SYMLINK>":
		if before, after, ok := strings.Cut(name, " ["); ok && strings.HasSuffix(after, "]") {
			name, target = before, strings.TrimSuffix(after, "]")
		}
		return Link, name, target
	}
	return None, "", ""
}

// dosSize reads a size, with separators of thousands or without.
func dosSize(s string) (bytes int64, known bool, err error) {
	if bytes, known, ok := groupedSize(s); ok {
		return bytes, known, nil
	}
	bytes, err = ParseSize(s)
	return bytes, true, err
}

// dosDay reads a date. With dashes it is MM-DD-YY, MM-DD-YYYY or YYYY-MM-DD; with slashes
// or points the order is that of the system's language.
func dosDay(s string) (stamp, bool) {
	a, b, c, ok := splitDay(s)
	if !ok {
		return stamp{}, false
	}
	if !strings.Contains(s, "-") || len(a) == 4 {
		return dayOf(a, b, c)
	}
	if len(a) != 2 || len(b) != 2 || len(c) != 2 && len(c) != 4 || !digits(a+b+c) {
		return stamp{}, false
	}
	year := number(c)
	if len(c) == 2 {
		year = fullYear(year)
	}
	return stampOf(Day, year, number(a), number(b), 0, 0, 0)
}

// dosClock reads a time of day at the beginning of s. AM or PM can be a word of its own.
func dosClock(s string) (hour, minute int, rest string, ok bool) {
	when, rest := token(s)
	half := ""
	if n := len(when); n > 2 && when[n-1]|0x20 == 'm' {
		half, when = when[n-2:], when[:n-2]
	} else if word, after := token(rest); len(word) == 2 && word[1]|0x20 == 'm' {
		half, rest = word, after
	}
	hour, minute, ok = clock(when)
	half = strings.ToLower(half)
	switch {
	case !ok, half != "" && (hour < 1 || hour > 12):
		return 0, 0, "", false
	case half == "am":
		hour %= 12
	case half == "pm":
		hour = hour%12 + 12
	case half != "":
		return 0, 0, "", false
	}
	return hour, minute, rest, true
}
