package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text from a listing, a file name or a server's reply safe to show
// on a terminal: what is not printable (control characters, marks that change the
// direction of text, bytes that are not UTF-8) becomes an escape sequence such as
// \x1b.
func Clean(s string) string {
	if printable(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1, r < utf8.RuneSelf && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == ' ' || unicode.IsPrint(r):
			b.WriteString(s[i : i+n])
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += n
	}
	return b.String()
}

func printable(s string) bool {
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return false
		}
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// CleanLines cleans each line of s and keeps the line ends, as "\n".
func CleanLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = Clean(line)
	}
	return strings.Join(lines, "\n")
}

// CleanContent cleans a piece of a text file, in which line ends and tabs stay. A
// carriage return is shown, since two versions may differ in nothing else.
func CleanContent(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		part, end := s, ""
		if i := strings.IndexAny(s, "\t\n"); i >= 0 {
			part, end = s[:i], s[i:i+1]
		}
		b.WriteString(Clean(part))
		b.WriteString(end)
		s = s[len(part)+len(end):]
	}
	return b.String()
}
