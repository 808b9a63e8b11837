package manifest

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A Path names a file or directory below the root of a pair: slash-separated,
// relative, in Unicode normal form C. The root itself is the empty path. The
// spelling that a side uses for the last component, where it differs, is
// [Entry.Name].
type Path string

// Root is the path of the root of a pair.
const Root Path = ""

// maxDepth is the most components that a path can have. It ends a loop of
// directories on a server.
const maxDepth = 512

// ErrName is wrapped by every error about a name that cannot be one component
// of a path.
var ErrName = errors.New("name not allowed")

// CheckName returns why name cannot be one component of a path, or nil. CR and
// LF end an FTP command (RFC 959, 4.1.3), NUL ends a name on disk, and 0xFF is
// Telnet's IAC, which garbles the control connection of several servers.
func CheckName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("%w: empty", ErrName)
	case name == "." || name == "..":
		return fmt.Errorf("%w: %q", ErrName, name)
	}
	for i := range len(name) {
		switch name[i] {
		case '/', 0, '\r', '\n', 0xFF:
			return fmt.Errorf("%w: %q contains %q", ErrName, name, name[i:i+1])
		}
	}
	return nil
}

// ParsePath returns slash-separated text as a Path, normalized to NFC. The empty
// string is the root. The error wraps [ErrName].
func ParsePath(s string) (Path, error) {
	if s == "" {
		return Root, nil
	}
	if strings.Count(s, "/") >= maxDepth {
		return Root, fmt.Errorf("%w: more than %d levels deep", ErrName, maxDepth)
	}
	for name := range strings.SplitSeq(s, "/") {
		if err := CheckName(name); err != nil {
			return Root, err
		}
	}
	return Path(norm.NFC.String(s)), nil
}

// Child returns the path of name inside p, normalizing the name to NFC. The
// error wraps [ErrName].
func (p Path) Child(name string) (Path, error) {
	if err := CheckName(name); err != nil {
		return Root, err
	}
	if strings.Count(string(p), "/") >= maxDepth-1 {
		return Root, fmt.Errorf("%w: more than %d levels deep", ErrName, maxDepth)
	}
	return p.Join(norm.NFC.String(name)), nil
}

// Join returns p/rest. It does not check rest, which must be a valid path or name.
func (p Path) Join(rest string) Path {
	switch {
	case p == Root:
		return Path(rest)
	case rest == "":
		return p
	}
	return p + "/" + Path(rest)
}

// Parent returns the directory that holds p; the root is its own parent.
func (p Path) Parent() Path {
	if i := strings.LastIndexByte(string(p), '/'); i >= 0 {
		return p[:i]
	}
	return Root
}

// Base returns the last component of p, empty for the root.
func (p Path) Base() string {
	return string(p[strings.LastIndexByte(string(p), '/')+1:])
}

// Within reports whether p is dir or lies below it.
func (p Path) Within(dir Path) bool {
	if dir == Root || p == dir {
		return true
	}
	return len(p) > len(dir) && p[len(dir)] == '/' && p[:len(dir)] == dir
}

// Below reports whether p lies below dir and is not dir itself.
func (p Path) Below(dir Path) bool { return p != dir && p.Within(dir) }

// Rebase returns p with its leading from replaced by to. p must be within from.
func (p Path) Rebase(from, to Path) Path {
	return to.Join(strings.TrimPrefix(string(p[len(from):]), "/"))
}

// Ancestors calls yield with every directory above p, nearest first, the root
// last, until yield returns false.
func (p Path) Ancestors(yield func(Path) bool) {
	for p != Root {
		p = p.Parent()
		if !yield(p) {
			return
		}
	}
}

// Compare orders paths component by component, and by bytes within a component. So
// a directory comes right before what is in it.
func (p Path) Compare(q Path) int {
	n := min(len(p), len(q))
	for i := range n {
		if p[i] != q[i] {
			switch {
			case p[i] == '/':
				return -1
			case q[i] == '/':
				return 1
			case p[i] < q[i]:
				return -1
			}
			return 1
		}
	}
	return len(p) - len(q)
}
