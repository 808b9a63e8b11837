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

// addOtherCase adds the small letter to each capital of the set, and the other way round.
func (s *byteSet) addOtherCase() {
	for c := byte('a'); c <= 'z'; c++ {
		if s.has(c) || s.has(c-'a'+'A') {
			s.add(c)
			s.add(c - 'a' + 'A')
		}
	}
}

func (s *byteSet) invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

// byteClasses are the named classes of the C locale. Each pair of bytes is a range.
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

// parseBracket reads the bracket expression at the start of pattern, as "[a-z]",
// and returns its set and its length. A "]" that comes first is one of the bytes.
// With fold the case of letters makes no difference. parseBracket returns false where the
// end is missing or a class is unknown.
func parseBracket(pattern string, fold bool) (*byteSet, int, bool) {
	set := new(byteSet)
	i := 1
	negated := i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^')
	if negated {
		i++
	}
	// low is the byte before a "-" that makes a range. At the start, and after a
	// range or a class, there is none.
	low, hasLow := byte(0), false
	for first := true; i < len(pattern) && (first || pattern[i] != ']'); first = false {
		c := pattern[i]
		rest := pattern[i+1:]
		switch {
		case c == '-' && hasLow && rest != "" && rest[0] != ']':
			high, n, ok := bracketByte(rest)
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
		b, n, ok := bracketByte(pattern[i:])
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
	if fold {
		set.addOtherCase()
	}
	if negated {
		set.invert()
	}
	return set, i + 1, true
}

// bracketByte reads one byte, which a backslash may escape.
func bracketByte(s string) (b byte, n int, ok bool) {
	if s[0] != '\\' {
		return s[0], 1, true
	}
	if len(s) < 2 {
		return 0, 0, false
	}
	return s[1], 2, true
}

// addClass adds the class at the start of text, as "[:alpha:]", and returns its
// length. isClass is false where the bracket is an ordinary byte after all. ok is
// false where the expression has no end or the class is unknown.
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
