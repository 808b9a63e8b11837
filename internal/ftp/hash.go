package ftp

import (
	"slices"
	"strings"
)

// SHA256Commands returns the commands that ask for the SHA-256 of the file at abs, an
// absolute path; nil where the server has none. The last reply holds the hash. XSHA256
// accepts a byte range after the name, so it is not used for names with spaces.
func SHA256Commands(f *Features, abs string) []string {
	switch {
	case !f.CanStat():
		return nil
	case slices.Contains(f.hash, "XSHA256") && !strings.ContainsAny(abs, ` "`):
		return []string{"XSHA256 " + abs}
	case slices.Contains(f.hash, "HASH") && strings.Contains(strings.ToUpper(f.feat["HASH"]), "SHA-256"):
		return []string{"OPTS HASH SHA-256", "HASH " + abs}
	}
	return nil
}
