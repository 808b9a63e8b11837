package links

import (
	"testing"

	"ferry/manifest"
)

func TestDecide(t *testing.T) {
	none, file, dir := End{}, End{Kind: manifest.File}, End{Kind: manifest.Dir}
	special := End{Kind: manifest.Other}
	to := func(target string) End { return End{Kind: manifest.Other, Target: target} }
	const outside = "a link that is absolute or may leave the directory"
	const spaces = "the server makes no symbolic links with spaces in their path or target (SITE SYMLINK)"
	for _, c := range []struct {
		name          string
		local, remote End
		set           func(c *Case)
		act           Act
		target, why   string
	}{
		{"new here", to("../g"), none, nil, ToRemote, "../g", ""},
		{"new there", none, to("../g"), nil, ToLocal, "../g", ""},
		{"to a directory", to("sub/"), none, nil, ToRemote, "sub/", ""},
		{"the same", to("../g"), to("../g"), nil, Agree, "", ""},
		{"the same in other words", to(".././/g"), to("../g"), nil, Agree, "", ""},
		{"the same from the root", to("../g"), to("/g"), nil, Agree, "", ""},
		{"different", to("../g"), to("../h"), nil, Leave, "", "links that lead to different places"},
		{"different, from the root", to("../g"), to("/h"), nil, Leave, "", "links that lead to different places"},
		{"absolute here", to("/etc/passwd"), none, nil, Leave, "", outside},
		{"absolute on both sides", to("/g"), to("/g"), nil, Leave, "", outside},
		{"absolute there", none, to("/g"), nil, Leave, "", outside},
		{"above the root", to("../../etc/passwd"), none, nil, Leave, "", outside},
		{"above the root and back", to("../../../d/g"), none, nil, Leave, "", outside},
		{"to the root", to(".."), none, nil, Leave, "", outside},
		{"to its own directory", to("."), none, nil, ToRemote, ".", ""},
		{"into ferry's own directory", none, to("../.ferry/trash"), nil, Leave, "", outside},
		{"backslashes", none, to(`..\..\x`), nil, Leave, "", outside},
		{"through another link and up", none, to("x/y/up/../../secret"), nil, Leave, "", outside},
		{"up behind a name of its own directory", to("../d/../g"), none, nil, Leave, "", outside},
		{"up behind the root", to("g"), to("/../d/g"), nil, Leave, "", outside},
		{"up behind a name, from the root", to("../g"), to("/d/../g"), nil, Leave, "", outside},
		{"a drive", none, to("C:/Windows/x"), nil, Leave, "", outside},
		{"a place on a drive", none, to("c:x"), nil, Leave, "", outside},
		{"a drive behind the root", to("C:/x"), to("/C:/x"), nil, Leave, "", outside},
		{"no drive", none, to("7:x"), nil, ToLocal, "7:x", ""},
		{"a line break", none, to("g\nDELE x"), nil, Leave, "", outside},
		{"a device", special, none, nil, Leave, "", "a link or special file, which is not synchronized"},
		{"the target is not told", to("g"), special, nil, Leave, "", "a link or special file, which is not synchronized"},
		{"a file there", to("g"), file, nil, Leave, "", "a link on one side, and something else on the other"},
		{"a directory here", dir, to("g"), nil, Leave, "", "a link on one side, and something else on the other"},
		{"removed here", none, to("g"), func(c *Case) { c.Was = manifest.Other }, Leave, "", "a link that one side has removed; remove it on the other as well"},
		{"removed there", to("g"), none, func(c *Case) { c.Was = manifest.Other }, Leave, "", "a link that one side has removed; remove it on the other as well"},
		{"in place of a file that went away", to("g"), none, func(c *Case) { c.Was = manifest.File }, ToRemote, "g", ""},
		{"in place of a directory that went away", to("g"), none, func(c *Case) { c.Was = manifest.Dir }, Leave, "", "a link in the place of a directory"},
		{"a push takes nothing back", none, to("g"), func(c *Case) { c.Push = true }, Leave, "", "a link on the receiving side only"},
		{"a pull sends nothing", to("g"), none, func(c *Case) { c.Pull = true }, Leave, "", "a link on the receiving side only"},
		{"a push", to("g"), none, func(c *Case) { c.Push = true }, ToRemote, "g", ""},
		{"a server that makes none", to("g"), none, func(c *Case) { c.RemoteMakes = false }, Unable, "", "the server makes no symbolic links (SITE SYMLINK)"},
		{"a space in the path", to("g"), none, func(c *Case) { c.Path = "my d/l" }, Unable, "", spaces},
		{"a tab in the target", to("my\tg"), none, nil, Unable, "", spaces},
		{"a space that the target does not name", to("g"), none, func(c *Case) { c.Path = "d/my l" }, Unable, "", spaces},
		{"a space, and made here", none, to("my g"), nil, ToLocal, "my g", ""},
		{"a disk that has none", none, to("g"), func(c *Case) { c.LocalMakes = false }, Unable, "", "no symbolic links can be made here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := Case{Path: "d/l", Local: c.local, Remote: c.remote, LocalMakes: true, RemoteMakes: true}
			if c.set != nil {
				c.set(&in)
			}
			if act, target, why := Decide(in); act != c.act || target != c.target || why != c.why {
				t.Errorf("%d %q %q", act, target, why)
			}
		})
	}
}
