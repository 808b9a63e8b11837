// Package digest has the commands that ask a server for the hash of a file: HASH
// (draft-bryan-ftp-hash) and what servers had before it. None of them is in an RFC.
package digest

import (
	"encoding/hex"
	"path"
	"slices"
	"strings"
)

// The algorithms, by the names of draft-bryan-ftp-hash.
const (
	SHA256 = "SHA-256"
	SHA512 = "SHA-512"
	SHA1   = "SHA-1"
	MD5    = "MD5"
	CRC32  = "CRC32"
)

// hashBytes holds the length of the hashes in bytes.
var hashBytes = map[string]int{SHA256: 32, SHA512: 64, SHA1: 20, MD5: 16, CRC32: 4}

// A Command asks for the hash of a file in one way.
type Command struct {
	Algorithm string
	verb      string
}

// commands are all ways to ask, the best first. XSHA256 comes before HASH because it needs
// no OPTS.
var commands = []Command{
	{SHA256, "XSHA256"}, {SHA256, "HASH"},
	{SHA512, "HASH"}, {SHA512, "XSHA512"},
	{SHA1, "HASH"}, {SHA1, "XSHA1"}, {SHA1, "XSHA"},
	{MD5, "HASH"}, {MD5, "XMD5"}, {MD5, "MD5"},
	{CRC32, "HASH"}, {CRC32, "XCRC"},
}

// Choose returns the best command for the file at abs, an absolute path. offers tells which
// words FEAT has, and hashes is what it says behind HASH. Without others only SHA-256 will
// do. Commands other than HASH may take a part of the file behind its name, so they are
// not used for names with spaces.
func Choose(offers func(word string) bool, hashes, abs string, others bool) (Command, bool) {
	algorithms := strings.FieldsFunc(strings.ToUpper(hashes), func(r rune) bool { return r == ';' || r == '*' || r == ' ' })
	for _, c := range commands {
		fits := offers(c.verb) && !strings.ContainsAny(abs, ` "`)
		if c.verb == "HASH" {
			fits = offers(c.verb) && slices.Contains(algorithms, c.Algorithm)
		}
		if fits && (others || c.Algorithm == SHA256) {
			return c, true
		}
	}
	return Command{}, false
}

// Before returns the line that must be sent before the first [Command.Line] of a batch, or
// "".
func (c Command) Before() string {
	if c.verb == "HASH" {
		return "OPTS HASH " + c.Algorithm
	}
	return ""
}

// Line returns the command for the file at abs.
func (c Command) Line(abs string) string { return c.verb + " " + abs }

// Parse returns the hash in the text of a positive reply about the file at abs, as bytes. It
// is "" where the text has none, or may have several.
func (c Command) Parse(text, abs string) string {
	words := strings.Fields(text)
	if c.verb == "HASH" {
		return c.parseHASH(words)
	}
	// Names are no hashes, even if they look like one.
	words = slices.DeleteFunc(words, func(w string) bool { return w == abs || w == abs[1:] || w == path.Base(abs) })
	if sum := c.only(words, false); sum != "" || c.Algorithm != CRC32 {
		return sum
	}
	return c.only(words, true)
}

// parseHASH reads "SHA-256 0-49 <hash> name", which may come behind other words.
func (c Command) parseHASH(words []string) string {
	i := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, c.Algorithm) })
	for ; i >= 0 && i+2 < len(words); i++ {
		if strings.EqualFold(words[i], c.Algorithm) && strings.Contains(words[i+1], "-") {
			if sum := c.hash(words[i+2], false); sum != "" {
				return sum
			}
		}
	}
	return ""
}

// only returns the one hash among words.
func (c Command) only(words []string, short bool) (sum string) {
	for _, w := range words {
		found := c.hash(w, short)
		if found != "" && sum != "" {
			return ""
		}
		sum += found
	}
	return sum
}

// hash returns a word as bytes, "" where it is no hash. short allows for digits that are
// missing because they are zero.
func (c Command) hash(word string, short bool) string {
	digits := 2 * hashBytes[c.Algorithm]
	if len(word) > digits || len(word) < digits && !short {
		return ""
	}
	b, err := hex.DecodeString(strings.Repeat("0", digits-len(word)) + word)
	if err != nil {
		return ""
	}
	return string(b)
}
