package text

import (
	"strconv"
	"strings"
)

// Count returns a number with its noun: "1 file", "2 files", "3 directories".
// noun is the singular.
func Count(n int, noun string) string {
	number := strconv.Itoa(n)
	switch {
	case n == 1:
		return number + " " + noun
	case strings.HasSuffix(noun, "y"):
		return number + " " + strings.TrimSuffix(noun, "y") + "ies"
	}
	return number + " " + noun + "s"
}
