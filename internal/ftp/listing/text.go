package listing

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseSize reads a size in bytes, as in a size fact or in the reply to SIZE:
// decimal digits and nothing else.
func ParseSize(s string) (int64, error) {
	if !digits(s) {
		return 0, fmt.Errorf("size %q is not a number", s)
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("size %q is too large", s)
	}
	return n, nil
}

// blanks separate columns.
const blanks = " \t"

// token cuts the first run of bytes other than blanks off s. Blanks before it are
// dropped, those behind it stay.
func token(s string) (first, rest string) {
	s = strings.TrimLeft(s, blanks)
	if i := strings.IndexAny(s, blanks); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// gap returns the number of blanks that s begins with.
func gap(s string) int { return len(s) - len(strings.TrimLeft(s, blanks)) }

// cutBlank cuts the one blank off s that separates a name from the column before it.
// All that follows belongs to the name.
func cutBlank(s string) (name string, ok bool) {
	if s == "" || gap(s[:1]) == 0 {
		return "", false
	}
	return s[1:], true
}

// digits reports whether s consists of decimal digits, at least one.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// number reads a few digits.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
