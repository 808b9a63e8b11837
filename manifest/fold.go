package manifest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold returns what a name has in common with those that differ from it only in case.
func Fold(name string) string {
	if !utf8.ValidString(name) {
		return FoldASCII(name)
	}
	return strings.Map(foldRune, name)
}

// FoldASCII is [Fold] where only the case of the letters from A to Z does not count.
func FoldASCII(name string) string {
	b := []byte(name)
	for i, c := range b {
		b[i] = byte(foldASCII(rune(c)))
	}
	return string(b)
}

func foldASCII(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}

// foldRune returns the first of the runes that are equal under Unicode simple case
// folding. Paths are in NFC, so nothing else has to be unified.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return foldASCII(r)
	}
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}

const hashStart, hashFactor = 14695981039346656037, 1099511628211 // of FNV-1a

// FoldHash returns a hash that is equal for names whose [Fold] is. Every pass computes it
// for every name.
func FoldHash(name string) uint64 {
	h := uint64(hashStart)
	for i := range len(name) {
		c := name[i]
		if c >= utf8.RuneSelf {
			return foldHashRunes(name)
		}
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		h = (h ^ uint64(c)) * hashFactor
	}
	return h
}

func foldHashRunes(name string) uint64 {
	h := uint64(hashStart)
	for i, r := range name {
		if r == utf8.RuneError {
			r = -rune(name[i]) // may be a byte that is no letter in UTF-8
		}
		h = (h ^ uint64(foldRune(r))) * hashFactor
	}
	return h
}

// OtherCase returns name with its ASCII letters, or its other letters, in the other
// case. It returns name itself if there is none.
func OtherCase(name string, ascii bool) string {
	return strings.Map(func(r rune) rune {
		if (r < utf8.RuneSelf) != ascii {
			return r
		}
		for _, other := range [...]rune{unicode.ToLower(r), unicode.ToUpper(r)} {
			if other != r && foldRune(other) == foldRune(r) {
				return other
			}
		}
		return r
	}, name)
}
