package deploy

import "ferry/internal/deploy/release"

// What is deployed is described, and kept on the server, by package release.
type (
	// A Release is what is deployed, or about to be.
	Release = release.Release
	// A File is one file of a release.
	File = release.File
	// A Change is one step from a release to the next, of one file.
	Change = release.Change
	// A Record is what is told of a release that is not live any more.
	Record = release.Record
	// A Sum is the first half of the SHA-256 of a content.
	Sum = release.Sum
	// A MaintenanceFile is the file that stands in the site while a release goes live.
	MaintenanceFile = release.MaintenanceFile
)

// The kinds of a [Change].
const (
	Put    = release.Put    // the file comes from the stage
	Remove = release.Remove // the file is deleted, or goes aside; or an empty directory makes way for a file
	Chmod  = release.Chmod  // the file stays, and gets another mode
)

// Errors of reading a release.
var (
	ErrDamaged      = release.ErrDamaged
	ErrKeyNeeded    = release.ErrKeyNeeded
	ErrWrongKey     = release.ErrWrongKey
	ErrNotEncrypted = release.ErrNotEncrypted
)

// MostBytes is the most that a release may take, encoded.
const MostBytes = release.MostBytes

// The letters of changes, as git shows them.
const (
	Added    = release.Added
	Modified = release.Modified
	Deleted  = release.Deleted
)
