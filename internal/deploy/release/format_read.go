package release

import (
	"path"
	"strconv"
	"strings"
	"time"

	"ferry/manifest"
)

// readFile reads the line of a file.
func readFile(line string, f *File) bool {
	rest, spelled, ok := strings.Cut(line, "\x00")
	fields := strings.SplitN(rest, " ", 4)
	if !ok || len(fields) != 4 {
		return false
	}
	if f.Seen, ok = readEntry(fields[0], spelled); !ok || !f.Seen.IsFile() {
		return false
	}
	mode, exec := strings.CutSuffix(fields[1], "x")
	f.Exec = exec
	if f.Mode, ok = readMode(mode); !ok {
		return false
	}
	if fields[2] != "" {
		nanos, ok := readTime(fields[2])
		if !ok {
			return false
		}
		f.Gone = time.Unix(0, nanos).UTC()
	}
	f.Path, ok = readPath(fields[3])
	return ok
}

// readChange reads the line of a change. last is the place of the file of the change before.
func readChange(line string, c *Change, r *Release, last *int) bool {
	parts := strings.Split(line, "\x00")
	if len(parts) != 3 {
		return false
	}
	fields := strings.SplitN(parts[0], " ", 8)
	if len(fields) != 8 {
		return false
	}
	kind, drift := strings.CutSuffix(fields[0], "d")
	i := strings.Index("pmc", kind)
	if len(kind) != 1 || i < 0 {
		return false
	}
	c.Kind, c.Drift = ChangeKind(i), drift
	class, err := strconv.Atoi(fields[1])
	if err != nil || class < 0 {
		return false
	}
	c.Class = class
	ok := true
	if fields[2] != "" {
		if c.Mode, ok = readMode(fields[2]); !ok {
			return false
		}
	}
	file, ok := readPlace(fields[7], c, r, last)
	if !ok {
		return false
	}
	if c.Was, ok = readEntry(fields[5], parts[1]); !ok {
		return false
	}
	if fields[6] != sameAsSeen {
		c.Is, ok = readEntry(fields[6], parts[2])
	} else if file != nil {
		c.Is = file.Seen
	} else {
		ok = false
	}
	if !ok {
		return false
	}
	c.From, c.Aside = fields[3], fields[4]
	if file != nil {
		c.From = longFrom(c.From, file, c.Is)
	}
	return isWorkName(c.From) && isWorkName(c.Aside)
}

// readPlace reads which path a change is about, and returns its file if it has one.
func readPlace(text string, c *Change, r *Release, last *int) (*File, bool) {
	i := *last + 1
	if text != "" {
		digits, placed := strings.CutPrefix(text, "/")
		if !placed {
			var ok bool
			c.Path, ok = readPath(text)
			return nil, ok
		}
		n, err := strconv.Atoi(digits)
		if err != nil {
			return nil, false
		}
		i = n
	}
	if i < 0 || i >= len(r.Files) {
		return nil, false
	}
	*last = i
	c.Path = r.Files[i].Path
	return &r.Files[i], true
}

// isWorkName reports whether name can be one below the work directory, or is empty.
func isWorkName(name string) bool {
	return name == "" || path.Clean(name) == name && !path.IsAbs(name) && name != "." && name != ".." && !strings.HasPrefix(name, "../")
}

// readPath reads a path of the site. Ferry's own directories are none.
func readPath(text string) (manifest.Path, bool) {
	p, err := manifest.ParsePath(text)
	return p, err == nil && p != manifest.Root && string(p) == text && !p.HasOwn()
}

func readMode(text string) (uint16, bool) {
	m, err := strconv.ParseUint(text, 8, 16)
	return uint16(m), err == nil
}

func readTime(text string) (int64, bool) {
	digits, seconds := strings.CutSuffix(text, "s")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, false
	}
	if seconds {
		if n > 9_200_000_000 || n < -9_200_000_000 {
			return 0, false
		}
		n *= int64(time.Second)
	}
	return n, true
}

// readEntry reads what appendEntry wrote.
func readEntry(text, spelled string) (manifest.Entry, bool) {
	var e manifest.Entry
	if spelled != "" && manifest.CheckName(spelled) != nil {
		return e, false
	}
	if text == "-" {
		return manifest.Entry{Name: spelled}, true
	}
	fields := strings.Split(text, ",")
	if len(text) < 2 || len(fields) < 2 || len(fields) > 3 || len(fields[0]) < 3 {
		return e, false
	}
	kind := strings.IndexByte(kindLetters, fields[0][0])
	precision := strings.IndexByte(precisionLetters, fields[0][1])
	size, err := strconv.ParseInt(fields[0][2:], 10, 64)
	if kind < 1 || precision < 0 || err != nil || size < 0 {
		return e, false
	}
	e = manifest.Entry{Kind: manifest.Kind(kind), Precision: manifest.Precision(precision), Size: size, Name: spelled}
	ok := true
	if fields[1] != "" {
		e.ModTime, ok = readTime(fields[1])
	}
	if len(fields) == 3 && ok {
		if len(fields[2]) < 2 {
			return e, false
		}
		precision := strings.IndexByte(precisionLetters, fields[2][0])
		if e.Shown, err = strconv.ParseInt(fields[2][1:], 10, 64); err != nil || precision < 0 {
			return e, false
		}
		e.ShownPrecision = manifest.Precision(precision)
	}
	return e, ok
}
