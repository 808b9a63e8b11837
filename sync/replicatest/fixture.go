// Package replicatest is the conformance suite for every [sync.Replica]. It also
// has a replica in memory that can be as inexact, unreliable and busy as a real
// side.
package replicatest

import (
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A Fixture is one empty replica under test, what its side can do, and hooks with
// which a test works on the same side behind the replica's back.
//
// The paths that hooks take are relative to the root, separated by slashes, and
// spelled byte for byte as on the side. "" is the root itself. A hook that fails
// ends the test.
type Fixture struct {
	Replica sync.Replica

	// Write writes a file and gives it the modification time mtime. It makes missing
	// directories, and writes to an existing file in place.
	Write func(path, content string, mtime time.Time)
	// Mkdir makes a directory and its missing parents.
	Mkdir func(path string)
	// Remove removes a file, or a directory with everything in it. It does nothing
	// if the path does not exist.
	Remove func(path string)
	// Rename renames a file or directory.
	Rename func(from, to string)
	// Read returns the content of a file, and false if there is no file.
	Read func(path string) (string, bool)
	// List returns all paths below the root in any order, those of temporary files
	// and the trash included. Paths of directories end in a slash.
	List func() []string

	// Link makes a symbolic link with no target, or another special file. It is nil
	// if the side has no such files.
	Link func(path string)
	// Deny makes a directory unreadable for the replica until the test ends. It is
	// nil if the side cannot do that.
	Deny func(path string)

	// Precision is the precision of the times in a scan.
	Precision manifest.Precision
	// SetsTimes says that a Put gives the file the time of Want.
	SetsTimes bool
	// Sums says that Sum works. Otherwise it fails with [sync.ErrUnsupported].
	Sums bool
	// IDs says that entries have identities.
	IDs bool
	// Resumes says that a Put resumes an earlier one with the same Want whose source
	// failed.
	Resumes bool
	// Refuses reports whether the side cannot have a file with the given name. Tests
	// leave such names out. It may be nil.
	Refuses func(name string) bool
	// FoldsCase says that "a" and "A" are the same name on this side.
	FoldsCase bool
	// FixedRoot says that the root cannot be removed or made.
	FixedRoot bool
}
