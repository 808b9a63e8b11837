package ftp

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

func TestSHA256Commands(t *testing.T) {
	x := &Features{mlst: true, hash: []string{"XSHA256", "HASH"}, feat: map[string]string{"HASH": "SHA-1;SHA-256*"}}
	if got := SHA256Commands(x, "/f"); len(got) != 1 || got[0] != "XSHA256 /f" {
		t.Errorf("%q", got)
	}
	if got := SHA256Commands(x, "/f 0 5"); len(got) != 2 || got[1] != "HASH /f 0 5" {
		t.Errorf("a name that ends like a range: %q", got)
	}
	if got := SHA256Commands(&Features{mlst: true, hash: []string{"XMD5"}}, "/f"); got != nil {
		t.Errorf("a server without SHA-256: %q", got)
	}
}
