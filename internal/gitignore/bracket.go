package gitignore

import "strings"

// A byteSet is a set of bytes.
type byteSet [4]uint64

func (s *byteSet) add(b byte)      { s[b>>6] |= 1 << (b & 63) }
func (s *byteSet) has(b byte) bool { return s[b>>6]&(1<<(b&63)) != 0 }

func (s *byteSet) addRange(from, to byte) {
	for c := int(from); c <= int(to); c++ {
		s.add(byte(c))
	}
}

func (s *byteSet) invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

// byteClasses are the named classes, as in the C locale, in the form of ranges.
var byteClasses = map[string]string{
	"alnum":  "09AZaz",
	"alpha":  "AZaz",
	"blank":  "\t\t  ",
	"cntrl":  "\x00\x1f\x7f\x7f",
	"digit":  "09",
	"graph":  "!~",
	"lower":  "az",
	"print":  " ~",
	"punct":  "!/:@[`{~",
	"space":  "\t\r  ",
	"upper":  "AZ",
	"xdigit": "09AFaf",
}

// parseSet reads the set at the start of pattern, "[" included, and returns how
// long it is. A "]" that comes first is one of the bytes. It returns false for a
// set without an end or with a class of an unknown name.
func parseSet(pattern string) (*byteSet, int, bool) {
	set := new(byteSet)
	i := 1
	negated := i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^')
	if negated {
		i++
	}
	// low is the byte that a "-" would make a range with. There is none at the
	// start and after a range or class.
	low, hasLow := byte(0), false
	for first := true; i < len(pattern) && (first || pattern[i] != ']'); first = false {
		c := pattern[i]
		rest := pattern[i+1:]
		switch {
		case c == '-' && hasLow && rest != "" && rest[0] != ']':
			high, n, ok := setByte(rest)
			if !ok {
				return nil, 0, false
			}
			set.addRange(low, high)
			hasLow = false
			i += 1 + n
			continue
		case c == '[' && strings.HasPrefix(rest, ":"):
			n, isClass, ok := set.addClass(pattern[i:])
			if !ok {
				return nil, 0, false
			}
			if isClass {
				hasLow = false
				i += n
				continue
			}
		}
		b, n, ok := setByte(pattern[i:])
		if !ok {
			return nil, 0, false
		}
		set.add(b)
		low, hasLow = b, true
		i += n
	}
	if i >= len(pattern) {
		return nil, 0, false
	}
	if negated {
		set.invert()
	}
	return set, i + 1, true
}

// setByte reads one byte of a set, which a backslash may stand before.
func setByte(s string) (b byte, n int, ok bool) {
	if s[0] != '\\' {
		return s[0], 1, true
	}
	if len(s) < 2 {
		return 0, 0, false
	}
	return s[1], 2, true
}

// addClass adds the class at the start of s, as "[:alpha:]". isClass is false
// where the brackets turn out to be ordinary bytes, ok is false where the set
// has no end or the class no known name.
func (s *byteSet) addClass(text string) (n int, isClass, ok bool) {
	end := strings.IndexByte(text[2:], ']')
	if end < 0 {
		return 0, false, false
	}
	name, closed := strings.CutSuffix(text[2:2+end], ":")
	if !closed {
		return 0, false, true
	}
	ranges, known := byteClasses[name]
	if !known {
		return 0, false, false
	}
	for i := 0; i < len(ranges); i += 2 {
		s.addRange(ranges[i], ranges[i+1])
	}
	return 2 + end + 1, true, true
}
