package watcher

import (
	"os"
	"path/filepath"
	"time"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
)

// coverage is how changes in a directory are noticed.
type coverage uint8

const (
	notCovered coverage = iota
	unreadable          // it cannot be read
	watched             // the system reports changes
	polled              // it is read from time to time
)

// A node is a directory in the tree. Names are kept as they are on disk.
type node struct {
	parent      *node // nil for the root
	name        string
	children    map[string]*node
	id          identity
	coverage    coverage
	cost        int      // open files that watching it needs, if there is a budget
	names       names    // of a watched directory
	snapshot    snapshot // of a polled directory
	mtime       int64    // of a polled directory when it was last read; 0: not reliable
	recentUntil int64    // Unix time until which each poll reads it
}

// markRecent makes each poll read n for a while.
func (n *node) markRecent() { n.recentUntil = time.Now().Add(recentFor).Unix() }

// An identity distinguishes directories that exist at the same time. It is zero if
// the system has none.
type identity struct{ device, inode uint64 }

// disk returns the path of n on disk. root is that of the root.
func (n *node) disk(root string) string {
	if n.parent == nil {
		return root
	}
	return n.parent.disk(root) + string(filepath.Separator) + n.name
}

// path returns the path of n in the tree.
func (n *node) path() manifest.Path {
	if n.parent == nil {
		return manifest.Root
	}
	return n.parent.path().Join(norm.NFC.String(n.name))
}

// find returns the directory at names below n; nil if it is not known.
func (n *node) find(names []string) *node {
	for _, name := range names {
		if n = n.children[name]; n == nil {
			return nil
		}
	}
	return n
}

// atMost reports whether n and the directories below it are at most that many.
func (n *node) atMost(most int) bool { return n.count(most) >= 0 }

// count returns room minus the number of directories at and below n. It stops when
// that is less than zero.
func (n *node) count(room int) int {
	room--
	for _, kid := range n.children {
		if room < 0 {
			break
		}
		room = kid.count(room)
	}
	return room
}

// isBelow reports whether n is below dir.
func (n *node) isBelow(dir *node) bool {
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
	for _, kid := range n.children {
		kid.each(do)
	}
}

func (n *node) addChild(name string, id identity) *node {
	kid := &node{parent: n, name: name, id: id}
	if n.children == nil {
		n.children = make(map[string]*node)
	}
	n.children[name] = kid
	return kid
}

// directory returns the identity of a directory on disk; false if there is none. A
// symbolic link to a directory is not one.
func directory(disk string) (identity, bool) {
	info, err := os.Lstat(disk)
	if err != nil || !info.IsDir() {
		return identity{}, false
	}
	return identify(info), true
}
