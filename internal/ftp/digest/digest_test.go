package digest

import (
	"encoding/hex"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	for _, tt := range []struct {
		why, words, hashes, abs string
		others                  bool
		want                    string // "": none
	}{
		{"nothing", "", "", "/f", true, ""},
		{"XSHA256 first", "XSHA256 HASH XMD5", "SHA-256*;MD5", "/f", true, "XSHA256 /f"},
		{"a name with a space", "XSHA256 HASH", "SHA-1;sha-256*", "/f 0 5", false, "OPTS HASH SHA-256, HASH /f 0 5"},
		{"a name with a space, and no HASH", "XSHA256 XMD5", "", "/f 0", true, ""},
		{"no SHA-256", "HASH XCRC MD5", "SHA-1;MD5", "/f", false, ""},
		{"the best that HASH has", "HASH XCRC MD5", "MD5;SHA-1", "/f", true, "OPTS HASH SHA-1, HASH /f"},
		{"XSHA", "XSHA XCRC", "", "/f", true, "XSHA /f"},
		{"MD5", "MD5 XCRC", "", "/f", true, "MD5 /f"},
		{"XCRC", "XCRC", "", "/f", true, "XCRC /f"},
		{"HASH that names an algorithm nobody knows", "HASH", "WHIRLPOOL", "/f", true, ""},
	} {
		offers := func(word string) bool { return strings.Contains(" "+tt.words+" ", " "+word+" ") }
		got := ""
		if c, ok := Choose(offers, tt.hashes, tt.abs, tt.others); ok {
			got = c.Line(tt.abs)
			if c.Before() != "" {
				got = c.Before() + ", " + got
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.why, got, tt.want)
		}
	}
}

func TestParse(t *testing.T) {
	sha, md5 := strings.Repeat("0a", 31)+"FF", strings.Repeat("1b", 16)
	for _, tt := range []struct {
		why, verb, algorithm, text, abs, want string
	}{
		{"HASH", "HASH", SHA256, "SHA-256 0-49 " + sha + " f", "/f", sha},
		{"HASH in two lines", "HASH", MD5, "Computing MD5 digest\nMD5 0-49 " + md5 + " f", "/f", md5},
		{"HASH of another algorithm", "HASH", SHA256, "SHA-1 0-49 " + strings.Repeat("0a", 20) + " f", "/f", ""},
		{"HASH with another length", "HASH", SHA256, "SHA-256 0-49 " + md5 + " f", "/f", ""},
		{"HASH that is cut", "HASH", MD5, "MD5 0-49", "/f", ""},
		{"the hash alone", "XSHA256", SHA256, sha, "/f", sha},
		{"two hashes", "XSHA256", SHA256, sha + " " + sha, "/f", ""},
		{"the name before it", "MD5", MD5, "/f " + md5, "/f", md5},
		{"a name like a hash", "XMD5", MD5, "/d/" + md5 + " " + md5 + " " + strings.Repeat("2c", 16), "/d/" + md5, strings.Repeat("2c", 16)},
		{"CRC", "XCRC", CRC32, "CRC32 0-9 DEADBEEF a", "/a", "deadbeef"},
		{"a short CRC", "XCRC", CRC32, "BEEF", "/f", "0000beef"},
		{"words like a short CRC", "XCRC", CRC32, "the CRC of a is BEEF", "/f", ""},
		{"none", "XSHA1", SHA1, "done", "/f", ""},
		{"nothing", "XSHA1", SHA1, "", "/f", ""},
	} {
		want, _ := hex.DecodeString(tt.want)
		if got := (Command{tt.algorithm, tt.verb}).Parse(tt.text, tt.abs); got != string(want) {
			t.Errorf("%s: %x, want %s", tt.why, got, tt.want)
		}
	}
}
