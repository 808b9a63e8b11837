package manifest

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// HasOwn reports whether p is, or lies in, a directory that belongs to ferry: that of
// this pair at the root, or that of a pair whose root is further down. What is in it
// never travels.
func (p Path) HasOwn() bool {
	start := 0
	for i := range len(p) {
		if p[i] == '/' {
			if isOwnDir(string(p[start:i])) {
				return true
			}
			start = i + 1
		}
	}
	return isOwnDir(string(p[start:]))
}

// isOwnDir reports whether some file system takes name for [Own].
func isOwnDir(name string) bool {
	return len(name) >= len(Own) && (name[0] == '.' || name[0] >= utf8.RuneSelf) && SameName(name, Own)
}

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
