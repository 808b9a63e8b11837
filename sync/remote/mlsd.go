package remote

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"ferry/manifest"
)

// A listed is one line of a listing.
type listed struct {
	name  string // exactly as sent
	entry manifest.Entry
	// self and parent mark the lines for the directory itself and the one above.
	self, parent bool
}

// parseFacts reads a line of MLSD, or the one of MLST without its leading space
// (RFC 3659, section 7.2): facts, each ended by ";", one space, the name.
func parseFacts(line string) (listed, error) {
	facts, name, ok := strings.Cut(line, "; ")
	if !ok {
		if name, ok = strings.CutPrefix(line, " "); !ok {
			return listed{}, errors.New("no facts")
		}
		facts = ""
	}
	l := listed{name: name}
	l.entry.Precision = manifest.NoTime
	size, kind := int64(-1), ""
	for fact := range strings.SplitSeq(facts, ";") {
		key, value, ok := strings.Cut(fact, "=")
		if !ok && fact != "" {
			return listed{}, fmt.Errorf("fact %q has no value", fact)
		}
		var err error
		switch strings.ToLower(key) {
		case "type":
			kind = strings.ToLower(value)
		case "size":
			size, err = parseSize(value)
		case "modify":
			l.entry.ModTime, err = parseStamp(value)
			l.entry.Precision = manifest.Second
		case "unique":
			l.entry.ID = identity(value)
		}
		if err != nil {
			return listed{}, fmt.Errorf("fact %q: %w", fact, err)
		}
	}
	switch kind {
	case "file":
		l.entry.Kind, l.entry.Size = manifest.File, size
		if size < 0 {
			return listed{}, errors.New("file without a size")
		}
	case "dir":
		l.entry.Kind = manifest.Dir
	case "cdir":
		l.entry.Kind, l.self = manifest.Dir, true
	case "pdir":
		l.entry.Kind, l.parent = manifest.Dir, true
	default:
		l.entry.Kind = manifest.Other
	}
	l.dots()
	return l, nil
}

// dots recognizes the names of the directory itself and the one above.
func (l *listed) dots() {
	l.self = l.self || l.name == "." && l.entry.Kind == manifest.Dir
	l.parent = l.parent || l.name == ".." && l.entry.Kind == manifest.Dir
}

// parseSize reads a size in bytes: decimal digits and nothing else.
func parseSize(s string) (int64, error) {
	if !digits(s) {
		return 0, fmt.Errorf("size %q is no number", s)
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("size %q is too large", s)
	}
	return n, nil
}

// identity makes a number of a unique fact, whose form is the server's own.
func identity(unique string) uint64 {
	if unique == "" {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(unique))
	return max(h.Sum64(), 1)
}
