package third

import (
	"net/netip"
	"testing"
)

func TestReaches(t *testing.T) {
	for _, c := range []struct {
		from, listens string
		want          bool
	}{
		{"192.0.2.1", "198.51.100.1", true},
		{"127.0.0.1", "127.0.0.2", true},
		{"10.0.0.1", "192.0.2.1", true},
		{"10.0.0.1", "192.168.1.1", true},
		{"127.0.0.1", "10.0.0.1", true},
		{"192.0.2.1", "127.0.0.1", false}, // it would connect to itself
		{"10.0.0.1", "127.0.0.1", false},
		{"192.0.2.1", "10.0.0.1", false}, // another network's
		{"192.0.2.1", "169.254.1.1", false},
		{"192.0.2.1", "100.64.0.1", false},
		{"192.0.2.1", "100.127.255.1", false},
		{"192.0.2.1", "100.128.0.1", true},
		{"100.64.0.2", "100.64.0.1", true},
		{"192.0.2.1", "198.18.0.1", false},
		{"192.0.2.1", "198.19.255.1", false},
		{"192.0.2.1", "198.20.0.1", true},
		{"2001:db8::1", "192.0.2.1", false}, // PORT has no IPv6
		{"192.0.2.1", "2001:db8::1", false},
	} {
		if got := reaches(netip.MustParseAddr(c.from), netip.MustParseAddr(c.listens)); got != c.want {
			t.Errorf("from %s to %s: %v", c.from, c.listens, got)
		}
	}
}
