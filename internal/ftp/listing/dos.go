package listing

import (
	"errors"
	"strings"
	"time"
)

// tagWidth is the room that a DOS listing gives to "<DIR>" and its like, before
// the name.
const tagWidth = 15

// isDOS reports whether a line starts with a digit, as dates do.
func isDOS(line string) bool { return '0' <= line[0] && line[0] <= '9' }

// parseDOS reads a line as servers on Windows send it: MM-DD-YY or MM-DD-YYYY, the
// time with AM or PM or of 24 hours, a size or a tag like "<DIR>", the name.
func parseDOS(line string, _ time.Time) (Entry, error) {
	day, rest := token(line)
	when, rest := token(rest)
	t, ok := dosTime(day, when)
	if !ok {
		return Entry{}, errors.New("no date and time")
	}
	e := Entry{Kind: File, ModTime: t, Precision: Minute}
	column, rest := token(rest)
	if strings.HasPrefix(column, "<") {
		if e.Kind, e.Name, e.Target = dosTag(column, rest); e.Kind == None {
			return Entry{}, errors.New("unknown kind")
		}
	} else {
		size, err := ParseSize(column)
		if err != nil {
			return Entry{}, err
		}
		e.Size, e.Name = size, strings.TrimPrefix(rest, " ")
	}
	if e.Name == "" {
		return Entry{}, errors.New("no name")
	}
	return e, nil
}

// dosTag returns the kind that a tag stands for, and the name and the target
// behind it; None if the tag is not known. A name that starts with a space keeps
// it where the columns are the usual ones. Links show their target in brackets.
func dosTag(tag, rest string) (kind Kind, name, target string) {
	name = strings.TrimLeft(rest, " ")
	if gap := max(tagWidth-len(tag), 1); len(rest) > gap && strings.Trim(rest[:gap], " ") == "" {
		name = rest[gap:]
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

func dosTime(day, when string) (time.Time, bool) {
	if len(day) != 8 && len(day) != 10 || day[2] != '-' || day[5] != '-' ||
		!digits(day[:2]) || !digits(day[3:5]) || !digits(day[6:]) {
		return time.Time{}, false
	}
	year := number(day[6:])
	if len(day) == 8 {
		if year += 1900; year < 1970 {
			year += 100
		}
	}
	half := ""
	if n := len(when); n > 2 && when[n-1]|0x20 == 'm' {
		half, when = strings.ToLower(when[n-2:]), when[:n-2]
	}
	hour, minute, ok := clock(when)
	switch {
	case !ok, half != "" && (hour < 1 || hour > 12):
		return time.Time{}, false
	case half == "am":
		hour %= 12
	case half == "pm":
		hour = hour%12 + 12
	case half != "":
		return time.Time{}, false
	}
	return date(year, number(day[:2]), number(day[3:5]), hour, minute, 0)
}
