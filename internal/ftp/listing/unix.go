package listing

import (
	"errors"
	"strings"
	"time"
)

// isUnix reports whether a line starts with a mode.
func isUnix(line string) bool {
	_, kind, _ := unixMode(line)
	return kind != None
}

// usualColumns is the number of columns between mode and size: links, owner, group.
const usualColumns = 3

// mostWords is the number of words in which the size is looked for. Owner and group may
// hold spaces.
const mostWords = 16

// parseUnix reads a line in the form of "ls -l": mode, usually links, owner and group,
// size, date, one blank, the name. The leftmost size that is followed by a date ends the
// columns before it, since a name may look like a size and a date as well.
func parseUnix(line string, now time.Time) (Entry, error) {
	mode, kind, rest := unixMode(line)
	if kind == None {
		return Entry{}, errors.New("no mode")
	}
	r, err := unixReading(kind, rest, now)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Kind: kind, Name: r.date.name, ModTime: r.date.time, Precision: r.date.precision, Mode: modeBits(mode), Setgid: isSetgid(mode)}
	if kind == File {
		e.Size, e.NoSize = r.size.bytes, !r.size.known
	}
	if kind == Link {
		e.Name, e.Target, _ = strings.Cut(e.Name, " -> ")
	}
	if e.Name == "" {
		return Entry{}, errors.New("no name")
	}
	return e, nil
}

// A reading is one way to tell the columns of a line apart.
type reading struct {
	columns int // words before the size
	size    unixSize
	date    unixDate
}

// unixReading finds the columns behind the mode.
func unixReading(kind Kind, s string, now time.Time) (reading, error) {
	before := ""
	for columns := range mostWords {
		word, rest := token(s)
		if word == "" {
			break
		}
		if d, ok := listDate(rest, now); ok {
			size, err := parseUnixSize(kind, before, word)
			if err != nil {
				return reading{}, err
			}
			return unixChoice(reading{columns, size, d}, kind, rest, now)
		}
		before, s = word, rest
	}
	return reading{}, errors.New("no size and date")
}

// unixChoice returns r, the leftmost reading of a line, or the one that is meant
// instead: a user or a group can have the name of a month, as in "1 may 21 2009 Nov 21
// 09:03 name". s is what follows the size of r.
func unixChoice(r reading, kind Kind, s string, now time.Time) (reading, error) {
	chosen := r
	if r.columns < usualColumns {
		other, found, err := unixReadingWithin(r, kind, s, now)
		switch {
		case err != nil:
			return reading{}, err
		case found && other.columns != usualColumns:
			return reading{}, errors.New("the columns can be read in two ways")
		case found:
			chosen = other
		}
	}
	if chosen.date.unsure {
		return reading{}, errors.New("it is not certain where the name begins")
	}
	return chosen, nil
}

// unixReadingWithin finds a reading whose size is a part of the date of r.
func unixReadingWithin(r reading, kind Kind, s string, now time.Time) (reading, bool, error) {
	words := len(strings.Fields(r.date.text))
	before := ""
	for i := range words {
		word, rest := token(s)
		d, ok := listDate(rest, now)
		if size, err := parseUnixSize(kind, before, word); ok && err == nil && size.known {
			return reading{r.columns + 1 + i, size, d}, true, nil
		}
		before, s = word, rest
	}
	return reading{}, false, nil
}

// unixMode cuts the mode off a line and returns what it stands for: None if it is not a
// mode. The link count can follow at once.
func unixMode(line string) (mode string, kind Kind, rest string) {
	mode, rest = token(line)
	if len(mode) > 10 {
		mode = strings.TrimRight(mode, "0123456789")
	}
	return mode, modeKind(mode), rest
}

// modeKind reads "-rw-r--r--", with an optional mark for an ACL or attributes
// behind it, and returns None for what is not a mode. Servers written in Go put
// "L", "S", "D" or "Dc" for links, sockets and devices, and "u", "g", "t" in
// front for set-uid, set-gid and sticky. Some small servers leave out one or three of
// the bits.
func modeKind(mode string) Kind {
	if n := len(mode); n > 10 && strings.IndexByte("+.@", mode[n-1]) >= 0 {
		mode = mode[:n-1]
	}
	if len(mode) == 7 || len(mode) == 9 {
		if !isBits(mode[1:]) || strings.IndexByte("-dl", mode[0]) < 0 {
			return None
		}
		return letterKind(mode[:1])
	}
	if len(mode) < 10 || len(mode) > 13 || !isBits(mode[len(mode)-9:]) {
		return None
	}
	return letterKind(mode[:len(mode)-9])
}

// isBits reports whether s is made of the letters of permissions.
func isBits(s string) bool {
	for i := range len(s) {
		if strings.IndexByte([...]string{"r-", "w-", "xsStT-lL"}[i%3], s[i]) < 0 {
			return false
		}
	}
	return true
}

// letterKind returns what the letters before the permissions stand for. "f" is a file
// for some servers, "a" one that can only grow (Plan 9).
func letterKind(letters string) Kind {
	switch {
	case strings.Trim(letters, "ugt") == "" || letters == "-" || letters == "f" || letters == "a":
		return File
	case strings.TrimRight(letters, "ugt") == "d":
		return Dir
	case strings.Trim(letters, "lLbcpsSDCnMPTwaugt?") != "":
		return None
	case strings.ContainsAny(letters, "lL"):
		return Link
	}
	return Other
}

// isSetgid reports whether a mode that [modeKind] accepts has the set-gid bit.
func isSetgid(mode string) bool {
	mode = strings.TrimRight(mode, "+.@")
	n := len(mode)
	return n >= 10 && (mode[n-4] == 's' || mode[n-4] == 'S' || strings.Contains(mode[:n-9], "g"))
}

// modeBits returns the permission bits of a mode that [modeKind] accepts, 0 if some are
// missing.
func modeBits(mode string) uint16 {
	if len(mode) < 10 {
		return 0
	}
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
