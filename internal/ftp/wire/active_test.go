package wire

import (
	"net/netip"
	"testing"
)

func TestPortCommands(t *testing.T) {
	four, six := netip.MustParseAddrPort("192.168.1.2:50022"), netip.MustParseAddrPort("[2001:db8::7]:443")
	if got := EPRT(four); got != "EPRT |1|192.168.1.2|50022|" {
		t.Error(got)
	}
	if got := EPRT(six); got != "EPRT |2|2001:db8::7|443|" {
		t.Error(got)
	}
	if got, err := PORT(four); got != "PORT 192,168,1,2,195,102" || err != nil {
		t.Error(got, err)
	}
	if got, err := PORT(six); err == nil {
		t.Error("PORT for IPv6:", got)
	}
}
