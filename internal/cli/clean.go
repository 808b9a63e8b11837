package cli

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes text from a listing, a file name or a server's reply fit for a
// terminal: what is not printable (control characters, marks that turn the
// direction of text, bytes that are no UTF-8) is shown as an escape.
func clean(s string) string {
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

// lines cleans every line of text that may have several.
func cleanLines(s string) string {
	parts := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range parts {
		parts[i] = clean(line)
	}
	return strings.Join(parts, "\n")
}

// pad fills s with blanks to n columns, as far as runes are columns.
func pad(s string, n int) string {
	if short := n - utf8.RuneCountInString(s); short > 0 {
		return s + strings.Repeat(" ", short)
	}
	return s
}

func itoa(n int) string { return strconv.Itoa(n) }

// count returns "1 file", "2 files".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	if strings.HasSuffix(one, "y") {
		return itoa(n) + " " + strings.TrimSuffix(one, "y") + "ies"
	}
	return itoa(n) + " " + one + "s"
}
