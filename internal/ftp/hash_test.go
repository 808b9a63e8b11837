package ftp

import (
	"testing"
)

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
