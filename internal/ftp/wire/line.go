package wire

import "strings"

// Forbidden returns the index of the first byte that cannot be sent, or -1.
func Forbidden(line string) int {
	for i := range len(line) {
		switch line[i] {
		case '\r', '\n', 0, 0xff:
			return i
		}
	}
	return -1
}

// Verb returns the first word of a command.
func Verb(line string) string {
	verb, _, _ := strings.Cut(line, " ")
	return verb
}
