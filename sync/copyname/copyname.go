// Package copyname makes and reads the names of conflict copies.
package copyname

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	"ferry/manifest"
)

// A Name is what the name of a conflict copy says.
type Name struct {
	// Of is the path that the version had. If that name was too long, it was cut, and
	// so it is here.
	Of manifest.Path
	// Remote says that the version is that of a server: of the remote side, or of the target
	// of a copy between servers.
	Remote bool
	// When is the time of the last change of that version; zero if it was not known.
	When time.Time
}

// Mark is in the name of every conflict copy.
const Mark = ".sync-conflict-"

// layout is the layout of the time in the name of a conflict copy, in UTC.
const layout = "20060102-150405"

var pattern = regexp.MustCompile(`(?s)^(.+)\.sync-conflict-(\d{8}-\d{6}|unknown-time)-(local|remote|target)-[0-9a-f]{6}(?:-[1-9]\d*)?(\..{0,19})?$`)

// Parse reads the name of a conflict copy, and reports false if p is not
// one. For a copy of a copy it returns the last one.
func Parse(p manifest.Path) (Name, bool) {
	m := pattern.FindStringSubmatch(p.Base())
	if m == nil {
		return Name{}, false
	}
	c := Name{Of: p.Parent().Join(m[1] + m[4]), Remote: m[3] != Local}
	if at, err := time.Parse(layout, m[2]); err == nil {
		c.When = at
	}
	return c, true
}

// Whose version a conflict copy is.
const (
	Local  = "local"
	Remote = "remote"
	Target = "target" // that of the server to which another one is copied
)

// New returns the path for a copy of a version of path: one that is not used. whose is one of the
// words above.
func New(path manifest.Path, version manifest.Entry, whose string, used func(manifest.Path) bool) manifest.Path {
	stem, ext := splitExt(path.Base())
	when := "unknown-time"
	if t := version.Time(); !t.IsZero() {
		when = t.Format(layout)
	}
	tail := fmt.Sprintf("%s%s-%s-%s", Mark, when, whose, contentMark(path, version))
	for n := 1; ; n++ {
		suffix := tail
		if n > 1 {
			suffix += fmt.Sprintf("-%d", n)
		}
		name := cut(stem, 255-len(suffix)-len(ext)) + suffix + ext
		c := path.Parent().Join(name)
		if !used(c) {
			return c
		}
	}
}

// contentMark returns six hex digits of the content's checksum, or of a hash of
// everything known about the file if its content has not been read.
func contentMark(path manifest.Path, e manifest.Entry) string {
	sum := []byte(e.Sum)
	if len(sum) != sha256.Size {
		b := []byte(path)
		b = binary.BigEndian.AppendUint64(b, uint64(e.Size))
		b = binary.BigEndian.AppendUint64(b, uint64(e.ModTime))
		h := sha256.Sum256(binary.BigEndian.AppendUint64(b, e.ID))
		sum = h[:]
	}
	return hex.EncodeToString(sum)[:6]
}

// splitExt splits a name before its extension. A leading dot starts no extension.
func splitExt(name string) (stem, ext string) {
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 20 {
		return name[:i], name[i:]
	}
	return name, ""
}

// cut shortens s to at most n bytes without splitting a rune.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n = max(n, 0)
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
