package listing

import (
	"errors"
	"strings"
)

// A unixSize is what a size column says.
type unixSize struct {
	bytes int64
	known bool // false: it is rounded, or other columns run into it
}

var errSize = errors.New("no size")

// parseUnixSize reads the word before the date. before is the word before that.
func parseUnixSize(kind Kind, before, word string) (unixSize, error) {
	if kind == Other { // a device shows a major and a minor number: "1, 3" or "1,3"
		major, minor, _ := strings.Cut(word, ",")
		if digits(major) && (minor == "" || digits(minor)) {
			return unixSize{known: true}, nil
		}
	}
	if digits(word) {
		bytes, err := ParseSize(word)
		return unixSize{bytes, true}, err
	}
	if bytes, known, ok := groupedSize(word); ok {
		return unixSize{bytes, known}, nil
	}
	switch {
	case isRounded(word):
		return unixSize{}, nil
	case before != "" && digits(word[min(len(before), len(word)):]) && strings.HasPrefix(word, before) && !endsInDigit(before):
		// The group has the name of the owner, and the size fills its column.
		bytes, err := ParseSize(word[len(before):])
		return unixSize{bytes, true}, err
	case endsInDigit(word) && hasLetter(word):
		return unixSize{}, nil
	}
	return unixSize{}, errSize
}

// groupedSize reads a size with separators of thousands, as "1,234,567". known is false
// for one point alone, which can also begin a fraction.
func groupedSize(s string) (bytes int64, known, ok bool) {
	for _, separator := range []string{",", ".", "'"} {
		groups := strings.Split(s, separator)
		if len(groups) == 1 {
			continue
		}
		for i, g := range groups {
			if !digits(g) || len(g) > 3 || i > 0 && len(g) != 3 {
				return 0, false, false
			}
		}
		bytes, err := ParseSize(strings.Join(groups, ""))
		return bytes, separator != "." || len(groups) > 2, err == nil
	}
	return 0, false, false
}

// isRounded reports whether s is a size with a unit, as "47.2k" or "3MiB".
func isRounded(s string) bool {
	number := strings.TrimRight(s, "kKMGTPEiB")
	if number == s || len(s)-len(number) > 3 {
		return false
	}
	whole, fraction, has := strings.Cut(strings.ReplaceAll(number, ",", "."), ".")
	return digits(whole) && (!has || digits(fraction))
}

func endsInDigit(s string) bool { return s != "" && digits(s[len(s)-1:]) }

func hasLetter(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' || r >= 0x80 })
}
