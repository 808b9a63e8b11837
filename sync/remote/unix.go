package remote

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"ferry/manifest"
)

// parseUnix reads a line of LIST in the form of "ls -l": mode, links, owner,
// mostly a group, size, date, one space, the name. Owner and group may hold
// spaces; the leftmost size that is followed by a date ends them. now is our
// clock, for dates without a year.
func parseUnix(line string, now time.Time) (listed, error) {
	mode, rest := token(line)
	kind, ok := modeKind(mode)
	if !ok {
		return listed{}, errors.New("no mode")
	}
	links, rest := token(rest)
	if !digits(links) {
		return listed{}, errors.New("no link count")
	}
	owner, rest := token(rest)
	if owner == "" {
		return listed{}, errors.New("no owner")
	}
	for range 12 {
		if l, ok := sizeDateName(kind, rest, now); ok {
			return l, l.named(line)
		}
		if _, rest = token(rest); rest == "" {
			break
		}
	}
	return listed{}, errors.New("no size and date")
}

// named takes the target off the name of a link, and refuses an empty name.
func (l *listed) named(line string) error {
	if line[0] == 'l' {
		l.name, _, _ = strings.Cut(l.name, " -> ")
	}
	if l.name == "" {
		return errors.New("no name")
	}
	l.dots()
	return nil
}

// sizeDateName reads what follows owner and group. Devices have a major and a
// minor number in place of a size.
func sizeDateName(kind manifest.Kind, s string, now time.Time) (listed, bool) {
	l := listed{entry: manifest.Entry{Kind: kind}}
	text, rest := token(s)
	if major, isMajor := strings.CutSuffix(text, ","); isMajor && kind == manifest.Other && digits(major) {
		text, rest = token(rest)
	} else if major, minor, isPair := strings.Cut(text, ","); isPair && kind == manifest.Other && digits(major) && digits(minor) {
		text = minor
	}
	size, err := parseSize(text)
	if err != nil {
		return l, false
	}
	if kind == manifest.File {
		l.entry.Size = size
	}
	t, precision, name, ok := listDate(rest, now)
	if !ok {
		return l, false
	}
	shown(&l.entry, t, precision)
	l.name = name
	return l, true
}

// listDate reads "Nov 22 15:44", "22 Nov 15:44", "Nov 22  2026" or "2026-11-22
// 15:44", and returns what follows the one space behind it.
func listDate(s string, now time.Time) (t time.Time, p manifest.Precision, name string, ok bool) {
	first, rest := token(s)
	second, rest := token(rest)
	if len(first) == 10 && first[4] == '-' && first[7] == '-' {
		return isoDate(first, second, rest)
	}
	third, rest := token(rest)
	month, ok := monthNames[strings.ToLower(first)]
	day := second
	if !ok {
		month, ok = monthNames[strings.ToLower(second)]
		day = first
	}
	name, spaced := strings.CutPrefix(rest, " ")
	if !ok || !spaced || !digits(day) || len(day) > 2 {
		return t, p, "", false
	}
	if hour, minute, isClock := clock(third); isClock {
		t, ok = yearless(now, month, number(day), hour, minute)
		return t, manifest.Minute, name, ok
	}
	if len(third) != 4 || !digits(third) {
		return t, p, "", false
	}
	t, ok = date(number(third), month, number(day), 0, 0, 0)
	return t, manifest.Day, name, ok
}

func isoDate(day, clockText, rest string) (t time.Time, p manifest.Precision, name string, ok bool) {
	hour, minute, ok := clock(clockText)
	name, spaced := strings.CutPrefix(rest, " ")
	if !ok || !spaced || !digits(day[:4]) || !digits(day[5:7]) || !digits(day[8:]) {
		return t, p, "", false
	}
	t, ok = date(number(day[:4]), number(day[5:7]), number(day[8:]), hour, minute, 0)
	return t, manifest.Minute, name, ok
}

// token cuts the first run of bytes that are no spaces off s; spaces before it
// are dropped, those behind it stay.
func token(s string) (first, rest string) {
	s = strings.TrimLeft(s, " ")
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// modeKind reads "-rw-r--r--" with an optional mark for an ACL or attributes
// behind it. Servers written in Go put "L", "S", "D" or "Dc" for links, sockets
// and devices, and "u", "g", "t" in front for set-uid, set-gid and sticky.
func modeKind(mode string) (manifest.Kind, bool) {
	if n := len(mode); n > 10 {
		if strings.ContainsRune("+.@", rune(mode[n-1])) {
			mode = mode[:n-1]
		}
	}
	if len(mode) < 10 || len(mode) > 13 {
		return manifest.None, false
	}
	kind, bits := mode[:len(mode)-9], mode[len(mode)-9:]
	for i := range bits {
		if !strings.ContainsRune([...]string{"r-", "w-", "xsStT-lL"}[i%3], rune(bits[i])) {
			return manifest.None, false
		}
	}
	switch {
	case strings.Trim(kind, "ugt") == "" || kind == "-":
		return manifest.File, true
	case strings.TrimRight(kind, "ugt") == "d":
		return manifest.Dir, true
	case strings.Trim(kind, "lLbcpsSDCnMPTwaugt?") == "":
		return manifest.Other, true
	}
	return manifest.None, false
}

// errLine says which line of a listing cannot be read.
func errLine(line string, why error) error {
	const most = 120
	if len(line) > most {
		line = line[:most] + "..."
	}
	return fmt.Errorf("line %q of the listing cannot be read: %w", line, why)
}
