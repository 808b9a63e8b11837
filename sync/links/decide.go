// Package links decides about symbolic links that are copied as links. It is pure. A link is
// made where the other side has nothing; ferry never follows one, and never replaces or
// removes one.
package links

import (
	"path"
	"strings"

	"ferry/manifest"
)

// An End is what one side has at a path.
type End struct {
	Kind manifest.Kind
	// Target is what a link leads to as the side shows it, "" if that is not known or if it
	// is no link.
	Target string
}

// A Case is a path at which a side has a link or a special file.
type Case struct {
	Path          manifest.Path
	Local, Remote End
	Was           manifest.Kind // what both sides had when they last agreed
	// Push and Pull say that only one side may be changed.
	Push, Pull bool
	// LocalMakes and RemoteMakes say which sides can make links.
	LocalMakes, RemoteMakes bool
}

// An Act is what is done about a link.
type Act uint8

// The acts.
const (
	Leave    Act = iota // nothing, and it is named
	Unable              // nothing, because the other side makes no such links
	Agree               // both sides have the same link
	ToRemote            // make it on the server
	ToLocal             // make it here
)

// Decide says what is done about a path. why is the reason for people where it is left
// alone, and target what a new link leads to.
func Decide(c Case) (act Act, target, why string) {
	l, r := c.Local.read(c.Path, false), c.Remote.read(c.Path, true)
	switch {
	case l.kind == special || r.kind == special:
		return Leave, "", "a link or special file, which is not synchronized"
	case l.kind == link && r.kind == link && l.to == r.to:
		return Agree, "", ""
	case l.kind == outside || r.kind == outside || l.absolute || r.absolute && r.kind == link && l.kind == nothing:
		return Leave, "", "a link that is absolute or may leave the directory"
	case l.kind == link && r.kind == link:
		return Leave, "", "links that lead to different places"
	case l.kind == other || r.kind == other:
		return Leave, "", "a link on one side, and something else on the other"
	case c.Was == manifest.Other:
		return Leave, "", "a link that one side has removed; remove it on the other as well"
	case c.Was == manifest.Dir:
		return Leave, "", "a link in the place of a directory"
	case l.kind == link && c.Pull, r.kind == link && c.Push:
		return Leave, "", "a link on the receiving side only"
	case l.kind == link && !c.RemoteMakes:
		return Unable, "", "the server makes no symbolic links (SITE SYMLINK)"
	case l.kind == link && strings.ContainsAny(string(c.Path)+string(l.to), " \t"):
		return Unable, "", "the server makes no symbolic links with spaces in their path or target (SITE SYMLINK)"
	case r.kind == link && !c.LocalMakes:
		return Unable, "", "no symbolic links can be made here"
	case l.kind == link:
		return ToRemote, c.Local.Target, ""
	}
	return ToLocal, c.Remote.Target, ""
}

type kind uint8

const (
	nothing kind = iota
	link
	outside // a link that leaves the root
	special
	other
)

type end struct {
	kind     kind
	to       manifest.Path // of a link
	absolute bool
}

// read finds out where a link leads. An absolute target counts from the root of the pair
// where fromRoot is set.
func (e End) read(at manifest.Path, fromRoot bool) end {
	switch {
	case e.Kind == manifest.None:
		return end{}
	case e.Kind != manifest.Other:
		return end{kind: other}
	case e.Target == "":
		return end{kind: special}
	}
	absolute := strings.HasPrefix(e.Target, "/")
	to, inside := Resolve(at, e.Target)
	if !inside || absolute && !fromRoot {
		return end{kind: outside, absolute: absolute}
	}
	return end{kind: link, to: to, absolute: absolute}
}

// Resolve returns the path to which the link at the path at leads, by the names alone. An
// absolute target counts from the root. It reports false if that is outside the root, is the
// root, or belongs to ferry, and where the names do not tell: after a name, ".." leads
// elsewhere if the name is a link. What Windows reads in another way is refused everywhere.
func Resolve(at manifest.Path, target string) (manifest.Path, bool) {
	if strings.ContainsAny(target, "\x00\r\n\\") || hasVolume(target) || upAfterName(target) {
		return manifest.Root, false
	}
	to := path.Join(string(at.Parent()), target)
	if strings.HasPrefix(target, "/") {
		to = strings.TrimPrefix(path.Clean(target), "/")
	}
	p, err := manifest.ParsePath(to)
	if err != nil || p == manifest.Root || p.HasOwn() {
		return manifest.Root, false
	}
	return p, true
}

// hasVolume reports whether the target begins with a drive of Windows, as C: does.
func hasVolume(target string) bool {
	letter := func(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
	target = strings.TrimLeft(target, "/")
	return len(target) > 1 && target[1] == ':' && letter(target[0])
}

// upAfterName reports whether the target has ".." behind a name, or behind the slash of the
// root.
func upAfterName(target string) bool {
	named := strings.HasPrefix(target, "/")
	for name := range strings.SplitSeq(target, "/") {
		switch name {
		case "", ".":
		case "..":
			if named {
				return true
			}
		default:
			named = true
		}
	}
	return false
}
