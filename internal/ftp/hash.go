package ftp

import (
	"encoding/hex"
	"slices"
	"strings"
)

// hashLines returns the commands that make the server tell the SHA-256 of a
// file, none where it cannot. XSHA256 takes a range behind the name, so that
// names with spaces may be misread.
func SHA256Commands(f *Features, abs string) []string {
	switch {
	case !CanStat(f):
		return nil
	case slices.Contains(f.hash, "XSHA256") && !strings.ContainsAny(abs, ` "`):
		return []string{"XSHA256 " + abs}
	case slices.Contains(f.hash, "HASH") && strings.Contains(strings.ToUpper(f.Feat["HASH"]), "SHA-256"):
		return []string{"OPTS HASH SHA-256", "HASH " + abs}
	}
	return nil
}

// readHash returns the one word of a reply that is a SHA-256, as 32 bytes, or
// "".
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
