package ftp

import "ferry/internal/ftp/digest"

// HashCommand returns the command that asks for the hash of the file at abs, an absolute
// path. With others an algorithm other than SHA-256 will do. It returns false where the server has none, and where it
// was seen to tell a wrong one.
func HashCommand(f *Features, abs string, others bool) (digest.Command, bool) {
	if !f.CanStat() || !f.Has(TellsRightHash) {
		return digest.Command{}, false
	}
	return digest.Choose(f.Offers, f.feat["HASH"], abs, others)
}

// SHA256Commands returns the commands that ask for the SHA-256 of the file at abs; nil
// where the server has none. The last reply holds the hash.
func SHA256Commands(f *Features, abs string) (lines []string) {
	c, ok := HashCommand(f, abs, false)
	if !ok {
		return nil
	}
	if before := c.Before(); before != "" {
		lines = append(lines, before)
	}
	return append(lines, c.Line(abs))
}
