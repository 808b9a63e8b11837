package listing

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ParseMLST reads the line of a reply to MLST that holds the facts, without the
// space in front of it. The name may be a path. The error names the line.
func ParseMLST(line string) (Entry, error) {
	e, err := parseFacts(line)
	if err != nil {
		return Entry{}, lineError(line, err)
	}
	return e, nil
}

// parseFacts reads an entry of MLSD or MLST (RFC 3659, section 7.2): facts, each
// ended by ";", one space, the name.
func parseFacts(line string) (Entry, error) {
	facts, name, ok := strings.Cut(line, "; ")
	if !ok {
		if name, ok = strings.CutPrefix(line, " "); !ok {
			return Entry{}, errors.New("no facts")
		}
		facts = ""
	}
	e := Entry{Name: name, Kind: Other}
	size := int64(-1)
	for fact := range strings.SplitSeq(facts, ";") {
		key, value, ok := strings.Cut(fact, "=")
		if !ok && fact != "" {
			return Entry{}, fmt.Errorf("fact %q has no value", fact)
		}
		var err error
		switch strings.ToLower(key) {
		case "type":
			e.Kind, e.Target = parseType(value)
		case "size":
			size, err = ParseSize(value)
		case "modify":
			if e.ModTime, err = ParseTimeVal(value); err == nil {
				e.Precision, e.UTC = Second, true
			} else if errors.Is(err, ErrNoDate) {
				err = nil
			}
		case "unique":
			e.Unique = value
		case "unix.mode":
			e.Mode = parseMode(value)
		}
		if err != nil {
			return Entry{}, fmt.Errorf("fact %q: %w", fact, err)
		}
	}
	if e.Kind == File {
		if size < 0 {
			return Entry{}, errors.New("a file without a size")
		}
		e.Size = size
	}
	return e, nil
}

// parseMode reads the octal value of the fact "UNIX.mode". It returns 0 for what is none:
// the fact is in no RFC, and nothing depends on it.
func parseMode(value string) uint16 {
	mode, err := strconv.ParseUint(strings.TrimPrefix(value, "0o"), 8, 16)
	if err != nil {
		return 0
	}
	return uint16(mode) & 0o777
}

// parseType reads the value of a type fact. Links have no type of their own in
// RFC 3659; servers on Unix use "OS.unix=slink:TARGET" or "OS.unix=symlink".
func parseType(value string) (kind Kind, target string) {
	switch lower := strings.ToLower(value); lower {
	case "file":
		return File, ""
	case "dir":
		return Dir, ""
	case "cdir":
		return CurrentDir, ""
	case "pdir":
		return ParentDir, ""
	case "os.unix=symlink", "os.unix=slink":
		return Link, ""
	default:
		const slink = "os.unix=slink:"
		if strings.HasPrefix(lower, slink) {
			return Link, value[len(slink):]
		}
		return Other, ""
	}
}
