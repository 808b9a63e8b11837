package wire

import (
	"encoding/hex"
	"strings"
)

// ParseSHA256 returns the SHA-256 in the text of a reply, as 32 bytes. It is "" where
// no word of the text is one, or more than one is.
func ParseSHA256(text string) string {
	found := ""
	for _, word := range strings.Fields(text) {
		b, err := hex.DecodeString(word)
		if err != nil || len(b) != 32 {
			continue
		}
		if found != "" {
			return ""
		}
		found = string(b)
	}
	return found
}
