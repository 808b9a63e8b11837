package listing

import (
	"errors"
	"strings"
	"time"
)

// isUnix reports whether a line starts with a mode.
func isUnix(line string) bool {
	mode, _ := token(line)
	return modeKind(mode) != None
}

// parseUnix reads a line in the form of "ls -l": mode, links, owner, usually a
// group, size, date, one space, the name. Owner and group may hold spaces; the
// leftmost size that is followed by a date ends them.
func parseUnix(line string, now time.Time) (Entry, error) {
	mode, rest := token(line)
	kind := modeKind(mode)
	if kind == None {
		return Entry{}, errors.New("no mode")
	}
	links, rest := token(rest)
	if !digits(links) {
		return Entry{}, errors.New("no link count")
	}
	owner, rest := token(rest)
	if owner == "" {
		return Entry{}, errors.New("no owner")
	}
	const mostWords = 12 // of owner and group, and a little more
	for range mostWords {
		if e, ok := sizeDateName(kind, rest, now); ok {
			if mode[0] == 'l' {
				e.Name, e.Target, _ = strings.Cut(e.Name, " -> ")
			}
			if e.Name == "" {
				return Entry{}, errors.New("no name")
			}
			e.Mode = modeBits(mode)
			return e, nil
		}
		if _, rest = token(rest); rest == "" {
			break
		}
	}
	return Entry{}, errors.New("no size and date")
}

// sizeDateName reads what follows owner and group. Devices have a major and a
// minor number in place of a size.
func sizeDateName(kind Kind, s string, now time.Time) (Entry, bool) {
	text, rest := token(s)
	if major, minor, isPair := strings.Cut(text, ","); isPair && kind == Other && digits(major) {
		if text = minor; minor == "" {
			text, rest = token(rest)
		}
	}
	size, err := ParseSize(text)
	if err != nil {
		return Entry{}, false
	}
	t, precision, name, ok := listDate(rest, now)
	if !ok {
		return Entry{}, false
	}
	if kind != File {
		size = 0
	}
	return Entry{Kind: kind, Name: name, Size: size, ModTime: t, Precision: precision}, true
}

// listDate reads "Nov 22 15:44", "22 Nov 15:44", "Nov 22  2026" or "2026-11-22
// 15:44", and returns what follows the one space behind it.
func listDate(s string, now time.Time) (t time.Time, p Precision, name string, ok bool) {
	first, rest := token(s)
	second, rest := token(rest)
	if n := len(first); n >= 10 && first[n-6] == '-' && first[n-3] == '-' {
		return isoDate(first[:n-6], first[n-5:n-3], first[n-2:], second, rest)
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
		return t, Minute, name, ok
	}
	if len(third) < 4 || !digits(strings.TrimPrefix(third, "-")) {
		return t, p, "", false
	}
	if len(third) > 4 || third[0] == '-' {
		return t, NoTime, name, true // a year that the server itself does not believe in
	}
	t, ok = date(number(third), month, number(day), 0, 0, 0)
	return t, Day, name, ok
}

func isoDate(year, month, day, clockText, rest string) (t time.Time, p Precision, name string, ok bool) {
	hour, minute, ok := clock(clockText)
	name, spaced := strings.CutPrefix(rest, " ")
	if !ok || !spaced || !digits(strings.TrimPrefix(year, "-")) || !digits(month) || !digits(day) {
		return t, p, "", false
	}
	if len(year) > 4 || year[0] == '-' {
		return t, NoTime, name, true
	}
	t, ok = date(number(year), number(month), number(day), hour, minute, 0)
	return t, Minute, name, ok
}

// modeKind reads "-rw-r--r--", with an optional mark for an ACL or attributes
// behind it, and returns None for what is not a mode. Servers written in Go put
// "L", "S", "D" or "Dc" for links, sockets and devices, and "u", "g", "t" in
// front for set-uid, set-gid and sticky.
func modeKind(mode string) Kind {
	if n := len(mode); n > 10 && strings.IndexByte("+.@", mode[n-1]) >= 0 {
		mode = mode[:n-1]
	}
	if len(mode) < 10 || len(mode) > 13 {
		return None
	}
	kind, bits := mode[:len(mode)-9], mode[len(mode)-9:]
	for i := range bits {
		if strings.IndexByte([...]string{"r-", "w-", "xsStT-lL"}[i%3], bits[i]) < 0 {
			return None
		}
	}
	switch {
	case strings.Trim(kind, "ugt") == "" || kind == "-":
		return File
	case strings.TrimRight(kind, "ugt") == "d":
		return Dir
	case strings.Trim(kind, "lLbcpsSDCnMPTwaugt?") != "":
		return None
	case strings.ContainsAny(kind, "lL"):
		return Link
	}
	return Other
}

// modeBits returns the permission bits of a mode that [modeKind] accepts.
func modeBits(mode string) uint16 {
	if n := len(mode); n > 10 && strings.IndexByte("+.@", mode[n-1]) >= 0 {
		mode = mode[:n-1]
	}
	var bits uint16
	for _, c := range []byte(mode[len(mode)-9:]) {
		bits <<= 1
		switch c {
		case '-', 'S', 'T', 'l', 'L': // no right to execute: only the bit beside it is set
		default:
			bits |= 1
		}
	}
	return bits
}
