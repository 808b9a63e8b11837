package ftp

import (
	"testing"
)

func TestSHA256Commands(t *testing.T) {
	x := &Features{mlst: true, feat: map[string]string{"XSHA256": "", "HASH": "SHA-1;SHA-256*"}, observed: map[Quirk]bool{}}
	if got := SHA256Commands(x, "/f"); len(got) != 1 || got[0] != "XSHA256 /f" {
		t.Errorf("%q", got)
	}
	if got := SHA256Commands(x, "/f 0 5"); len(got) != 2 || got[0] != "OPTS HASH SHA-256" || got[1] != "HASH /f 0 5" {
		t.Errorf("a name that ends like a range: %q", got)
	}
	if got := SHA256Commands(&Features{mlst: true, feat: map[string]string{"XMD5": ""}}, "/f"); got != nil {
		t.Errorf("a server without SHA-256: %q", got)
	}
	x.Observe(TellsRightHash, false)
	if got := SHA256Commands(x, "/f"); got != nil {
		t.Errorf("a server that told a wrong hash: %q", got)
	}
}
