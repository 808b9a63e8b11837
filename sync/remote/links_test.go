package remote

import (
	"testing"

	"ferry/manifest"
	"ferry/sync/links"
	"ferry/sync/remote/list"
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

// TestWhatIsNotShownIsNoLink holds that a link counts as made only where a listing shows its
// target, also if it leads to the directory in which it is.
func TestWhatIsNotShownIsNoLink(t *testing.T) {
	srv := &server{names: names.Names{Root: "/www"}}
	for _, c := range []struct {
		target string
		to     manifest.Path
		want   bool
	}{
		{"", "d", false},
		{".", "d", true},
		{"/www/d", "d", true},
		{"/etc", "d", false},
		{"f", "d/f", true},
		{"g", "d/f", false},
	} {
		if got := srv.leadsTo(list.Line{Target: c.target}, "d/l", c.to); got != c.want {
			t.Errorf("%q for %s: %t, want %t", c.target, c.to, got, c.want)
		}
	}
}
