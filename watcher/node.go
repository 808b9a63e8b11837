package watcher

import (
	"os"
	"path/filepath"
	"time"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
)

// care is how a directory is kept under observation.
type care uint8

const (
	unknown care = iota
	blind        // it cannot be read
	watched      // the system tells of changes
	polled       // it is looked at from time to time
)

// A node is a directory below the root, by its names as they are on disk.
type node struct {
	parent *node // nil for the root
	name   string
	kids   map[string]*node
	id     identity
	care   care
	cost   int      // open files that watching it takes, where there is a budget
	names  names    // of a watched one
	was    snapshot // of a polled one
	since  int64    // of a polled one: its own time then, 0 if that says nothing
	warm   int64    // of a polled one: until when it is looked at closely, in seconds
}

// warmUp has n looked at closely for a while.
func (n *node) warmUp() { n.warm = time.Now().Add(warm).Unix() }

// an identity tells one directory from another, as long as both exist. It is
// zero where the system does not say.
type identity struct{ device, inode uint64 }

// disk returns where n is, given where the root is.
func (n *node) disk(root string) string {
	if n.parent == nil {
		return root
	}
	return n.parent.disk(root) + string(filepath.Separator) + n.name
}

// path returns the path of n.
func (n *node) path() manifest.Path {
	if n.parent == nil {
		return manifest.Root
	}
	return n.parent.path().Join(norm.NFC.String(n.name))
}

// at returns the directory at names below n, nil where none is known.
func (n *node) at(names []string) *node {
	for _, name := range names {
		if n = n.kids[name]; n == nil {
			return nil
		}
	}
	return n
}

// atMost reports whether n and the directories below it are at most most.
func (n *node) atMost(most int) bool { return n.count(most) >= 0 }

// count returns what is left of room once n and all below have taken of it,
// less than zero if that is too little.
func (n *node) count(room int) int {
	room--
	for _, kid := range n.kids {
		if room < 0 {
			break
		}
		room = kid.count(room)
	}
	return room
}

// below reports whether n is below dir.
func (n *node) below(dir *node) bool {
	for n = n.parent; n != nil; n = n.parent {
		if n == dir {
			return true
		}
	}
	return false
}

// each calls do with n and every directory below it.
func (n *node) each(do func(*node)) {
	do(n)
	for _, kid := range n.kids {
		kid.each(do)
	}
}

func (n *node) grow(name string, id identity) *node {
	kid := &node{parent: n, name: name, id: id}
	if n.kids == nil {
		n.kids = make(map[string]*node)
	}
	n.kids[name] = kid
	return kid
}

// directory looks at disk, which must be a directory and no link to one.
func directory(disk string) (identity, bool) {
	info, err := os.Lstat(disk)
	if err != nil || !info.IsDir() {
		return identity{}, false
	}
	return identify(info), true
}
