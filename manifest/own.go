package manifest

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Own is the directory at the root of either side that belongs to ferry, with the
// trash. It is in no tree, at whatever depth.
const Own = ".ferry"

// OwnPlain takes the place of [Own] on a server that refuses names with a leading dot. At
// the root it is in no tree. Further down users may have a directory of that name, so only
// what ferry keeps in it is in no tree.
const OwnPlain = "ferry-data"

// HasOwn reports whether p is, or lies in, a directory that belongs to ferry: that of
// this pair at the root, or that of a pair whose root is further down. What is in it
// never travels.
func (p Path) HasOwn() bool {
	for start := 0; ; {
		name, rest, more := strings.Cut(string(p[start:]), "/")
		if isOwnDir(name) || IsOwnPlain(name) && (start == 0 || isKept(rest)) {
			return true
		}
		if !more {
			return false
		}
		start = len(p) - len(rest)
	}
}

// isOwnDir reports whether some file system takes name for [Own].
func isOwnDir(name string) bool {
	return len(name) >= len(Own) && (name[0] == '.' || name[0] >= utf8.RuneSelf) && SameName(name, Own)
}

// IsOwnPlain reports whether some file system takes name for [OwnPlain].
func IsOwnPlain(name string) bool {
	return len(name) >= len(OwnPlain) && (name[0]|0x20 == 'f' || name[0] >= utf8.RuneSelf) && SameName(name, OwnPlain)
}

// keptName matches the names of what ferry keeps in its directory on a server: locks, trashes,
// and what it tries things out with.
var keptName = regexp.MustCompile(`(?i)^(lock(-[a-z2-7]{12})?|trash(-[0-9a-f]{32})?|probe-[a-z2-7]{8}(-moved)?)(/|$)`)

// isKept reports whether below, a path in a directory called [OwnPlain], is ferry's.
func isKept(below string) bool { return keptName.MatchString(below) }

// SameName reports whether there is a file system that takes a and b for one name:
// because they differ only in case, in their normal form, or in invisible characters,
// which HFS+ does not compare.
func SameName(a, b string) bool {
	if isASCII(a) && isASCII(b) {
		return strings.EqualFold(a, b)
	}
	return foldName(a) == foldName(b)
}

func foldName(name string) string {
	folded := cases.Fold().String(norm.NFD.String(strings.Map(dropInvisible, name)))
	return norm.NFC.String(folded)
}

// dropInvisible drops the characters that HFS+ does not compare.
func dropInvisible(r rune) rune {
	switch {
	case 0x200C <= r && r <= 0x200F, 0x202A <= r && r <= 0x202E, 0x206A <= r && r <= 0x206F, r == 0xFEFF:
		return -1
	}
	return r
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
