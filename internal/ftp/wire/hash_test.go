package wire

import (
	"encoding/hex"
	"strings"
	"testing"
)

func TestParseSHA256(t *testing.T) {
	sum := strings.Repeat("0a", 31) + "FF"
	tests := []struct{ why, text, want string }{
		{"proftpd, XSHA256", sum, sum},
		{"HASH", "SHA-256 0-5 " + sum + " /f", sum},
		{"another hash", strings.Repeat("0a", 20), ""},
		{"a name that looks like one", sum + " " + sum, ""},
		{"none", "done", ""},
	}
	for _, tt := range tests {
		want, _ := hex.DecodeString(tt.want)
		if got := ParseSHA256(tt.text); got != string(want) {
			t.Errorf("%s: %x", tt.why, got)
		}
	}
}
