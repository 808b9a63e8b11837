// Package replicatest holds the conformance suite that every [sync.Replica]
// passes, and a replica in memory that can be as lossy, unreliable and busy as
// a real side.
package replicatest

import (
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A Fixture is one empty replica to be tested, what its side can do, and the
// hands of somebody else who works on the same side behind the replica's back.
//
// Paths of the hooks are slash-separated, relative to the root, and spelled
// byte for byte as the side spells them; "" is the root itself. The hooks end
// the test themselves where they cannot do what they are asked.
type Fixture struct {
	Replica sync.Replica

	// Write writes a file in place (the same file where there is one already),
	// making directories above it, and gives it the modification time mtime.
	Write func(path, content string, mtime time.Time)
	// Mkdir makes a directory and those above it.
	Mkdir func(path string)
	// Remove removes a file or a directory with all that is in it; that nothing
	// is there is no error.
	Remove func(path string)
	// Rename renames a file or directory.
	Rename func(from, to string)
	// Read returns the content of a file, and false where there is no file.
	Read func(path string) (string, bool)
	// List returns the paths of everything below the root, temporaries and trash
	// included, in any order; those of directories end in a slash.
	List func() []string

	// Link makes a symbolic link or another special file that leads to nothing
	// outside the root. Nil: the side has no such thing.
	Link func(path string)
	// Deny makes a directory unreadable for the replica, for the rest of the
	// test. Nil: the side cannot.
	Deny func(path string)

	// Precision is how exact the times in a scan are.
	Precision manifest.Precision
	// SetsTimes says that a Put sets the time of the file to that of Want.
	SetsTimes bool
	// Sums says that Sum answers; otherwise it says [sync.ErrUnsupported].
	Sums bool
	// IDs says that scans tell identities of files.
	IDs bool
	// Resumes says that a Put goes on where an earlier one of the same Want was
	// broken off by its source.
	Resumes bool
	// Refuses reports names that the side cannot hold, for tests to leave out. It
	// may be nil.
	Refuses func(name string) bool
	// FoldsCase says that "a" and "A" are one name on this side.
	FoldsCase bool
	// FixedRoot says that the root cannot be removed or made.
	FixedRoot bool
}
