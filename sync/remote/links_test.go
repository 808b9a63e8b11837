package remote

import (
	"testing"

	"ferry/manifest"
	"ferry/sync/links"
	"ferry/sync/remote/names"
)

// TestTargetsFromTheRoot holds that an absolute target outside of the root is equal to no
// local link.
func TestTargetsFromTheRoot(t *testing.T) {
	for _, c := range []struct{ root, target, want string }{
		{"/www", "/www/d/f", "/d/f"},
		{"/www", "/etc/x", "/../etc/x"},
		{"/www", "/www2/x", "/../www2/x"},
		{"/www", "/www", "/../www"},
		{"/www", "/www/../etc/x", "/../etc/x"},
		{"/www", "../x", "../x"},
		{"/www", "www/x", "www/x"},
		{"/www", "", ""},
		{"", "/etc/x", "/etc/x"},
	} {
		srv := &server{names: names.Names{Root: c.root}}
		got := srv.fromRoot(c.target)
		if got != c.want {
			t.Errorf("%s in %q is %q, want %q", c.target, c.root, got, c.want)
		}
		if got != "/../etc/x" {
			continue
		}
		act, _, _ := links.Decide(links.Case{Path: "l", Local: links.End{Kind: manifest.Other, Target: "etc/x"},
			Remote: links.End{Kind: manifest.Other, Target: got}, LocalMakes: true, RemoteMakes: true})
		if act != links.Leave {
			t.Errorf("%s in %q: act %d", c.target, c.root, act)
		}
	}
}
