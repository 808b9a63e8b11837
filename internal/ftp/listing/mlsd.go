package listing

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ParseMLST reads the line of a reply to MLST that holds the facts,
// whatever number of spaces is in front of it. The name may be a path. The error names the line.
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
	facts, name, ok := cutFacts(strings.TrimLeft(line, " "))
	if !ok {
		return Entry{}, errors.New("no facts")
	}
	e := Entry{Name: name, NoSize: true}
	permissions := ""
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
			e.Size, err = ParseSize(value)
			e.NoSize = false
		case "perm":
			permissions = value
		case "modify":
			if e.ModTime, err = ParseTimeVal(value); err == nil {
				e.Precision, e.UTC = Second, true
			} else if errors.Is(err, ErrNoDate) {
				err = nil
			}
		case "unique":
			e.Unique = value
		case "unix.mode":
			e.Mode, e.Setgid = parseMode(value)
		}
		if err != nil {
			return Entry{}, fmt.Errorf("fact %q: %w", fact, err)
		}
	}
	if e.Kind == None {
		if e.Kind = kindOfPermissions(permissions); e.Kind == None {
			return Entry{}, errors.New("no type")
		}
	}
	if e.Kind != File {
		e.Size, e.NoSize = 0, false
	}
	return e, nil
}

// cutFacts cuts a line behind its facts. Some servers send a tab in place of the space
// before the name, and some no ";" behind the last fact.
func cutFacts(line string) (facts, name string, ok bool) {
	if i := strings.Index(line, "; "); i >= 0 {
		facts, name, ok = line[:i], line[i+2:], true
	}
	if i := strings.Index(line, ";\t"); i >= 0 && (!ok || i < len(facts)) {
		return line[:i], line[i+2:], true
	}
	if !ok {
		facts, name, ok = strings.Cut(line, " ")
		ok = ok && strings.Contains(facts, "=")
	}
	return facts, name, ok
}

// kindOfPermissions tells files and directories apart where there is no type (RFC 3659,
// section 7.5.5). It returns None if the letters do not tell.
func kindOfPermissions(perm string) Kind {
	perm = strings.ToLower(perm)
	file, dir := strings.ContainsAny(perm, "arw"), strings.ContainsAny(perm, "celmp")
	switch {
	case file && !dir:
		return File
	case dir && !file:
		return Dir
	}
	return None
}

// parseMode reads the octal value of the fact "UNIX.mode". It returns 0 for what is none:
// the fact is in no RFC, and nothing depends on it.
func parseMode(value string) (bits uint16, setgid bool) {
	mode, err := strconv.ParseUint(strings.TrimPrefix(value, "0o"), 8, 16)
	if err != nil {
		return 0, false
	}
	return uint16(mode) & 0o777, mode&0o2000 != 0
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
		if lower != "unknown" && !strings.HasPrefix(lower, "os.") {
			return None, "" // none that an RFC knows: the permissions may tell
		}
		return Other, ""
	}
}
