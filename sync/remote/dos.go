package remote

import (
	"errors"
	"strings"
	"time"

	"ferry/manifest"
)

// tagWidth is the room that a DOS listing gives to "<DIR>" and its like, before
// the name.
const tagWidth = 15

// parseDOS reads a line of LIST as IIS and other servers on Windows send it:
// MM-DD-YY or MM-DD-YYYY, the time with AM or PM or of 24 hours, a size or a
// tag like "<DIR>", the name.
func parseDOS(line string) (listed, error) {
	day, rest := token(line)
	when, rest := token(rest)
	t, ok := dosTime(day, when)
	if !ok {
		return listed{}, errors.New("no date and time")
	}
	var l listed
	what, _ := token(rest)
	rest = strings.TrimLeft(rest, " ")[len(what):]
	if strings.HasPrefix(what, "<") {
		l.entry.Kind, l.name, ok = dosTag(what, rest)
		if !ok {
			return listed{}, errors.New("unknown kind")
		}
	} else {
		size, err := parseSize(what)
		if err != nil {
			return listed{}, err
		}
		l.entry.Kind, l.entry.Size = manifest.File, size
		l.name = strings.TrimPrefix(rest, " ")
	}
	if l.name == "" {
		return listed{}, errors.New("no name")
	}
	shown(&l.entry, t, manifest.Minute)
	l.dots()
	return l, nil
}

// dosTag tells the kind that a tag stands for, and the name behind it. A name
// that starts with a space keeps it where the columns are the usual ones. Links
// show their target in brackets.
func dosTag(tag, rest string) (manifest.Kind, string, bool) {
	name := strings.TrimLeft(rest, " ")
	if gap := max(tagWidth-len(tag), 1); len(rest) > gap && strings.Trim(rest[:gap], " ") == "" {
		name = rest[gap:]
	}
	switch strings.ToUpper(tag) {
	case "<DIR>":
		return manifest.Dir, name, true
	case "<JUNCTION>", "<SYMLINKD>", "<SYMLINK>":
		if i := strings.Index(name, " ["); i >= 0 && strings.HasSuffix(name, "]") {
			name = name[:i]
		}
		return manifest.Other, name, true
	}
	return manifest.None, "", false
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
