package sync

import (
	"context"
	"errors"
	"iter"

	"ferry/manifest"
	"ferry/sync/compare"
)

// Side is one of the two sides of a pair.
type Side uint8

// The sides.
const (
	Local Side = iota
	Remote
)

// Other returns the opposite side.
func (s Side) Other() Side { return 1 - s }

func (s Side) String() string {
	if s == Local {
		return "local"
	}
	return "remote"
}

// MarshalText implements [encoding.TextMarshaler].
func (s Side) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// The errors that an engine checks for with [errors.Is]. A replica wraps the one
// that fits. Any other error means that only this step failed and others may go on.
var (
	// ErrChanged means that right before the change something else was found than the
	// plan expects. Nothing was changed.
	ErrChanged = errors.New("changed since it was looked at")
	// ErrSource means that reading the other side failed, or that the source
	// changed while it was read. Nothing was put in place.
	ErrSource = errors.New("source could not be read whole")
	// ErrUnsupported means that the side cannot answer this question or carry out this
	// step at all.
	ErrUnsupported = compare.ErrUnsupported
	// ErrFull means that the side has no room left for content.
	ErrFull = errors.New("no space left")
	// ErrFatal means that nothing more can be done on this side in this pass: the
	// connection is lost and retries have failed, the login was refused, or the root
	// is gone.
	ErrFatal = compare.ErrFatal
	// ErrPresent means that a name which was missing in a listing exists.
	ErrPresent = errors.New("exists although the listing left it out")
)

// RootState describes a root as it is now.
type RootState struct {
	Kind manifest.Kind // None: it does not exist
	// ID identifies the root itself, so that another directory in its place is
	// noticed: on the local side by device and inode, on a server by address, user and
	// path, and by the MLSD fact "unique" if there is one. "" if nothing is known.
	ID string
	// Where names the root for people, never with a password.
	Where string
}

// A Look says what to scan.
type Look struct {
	// Dirs are the directories whose direct entries are wanted; nil: the whole tree. A
	// directory of Dirs that does not exist is no error: the tree does not contain it.
	Dirs []manifest.Path
	// Ignore reports which paths are left out of the tree, with everything below them.
	// It may be nil. It is called from several goroutines.
	Ignore func(p manifest.Path, dir bool) bool
	// Past returns what this side showed at p when the base was written, or the zero
	// Entry if the base has nothing there. A replica uses it to save questions to the
	// server and to doubt a listing that lost everything. It may be nil. It is called
	// from several goroutines.
	Past func(p manifest.Path) manifest.Entry
	// PastPaths returns the paths of all that this side showed when the base was written.
	// It may be nil. It is called from several goroutines.
	PastPaths func() iter.Seq[manifest.Path]
	// AnyDevice accepts a directory that is on another file system than in the past.
	// Otherwise it is unknown.
	AnyDevice bool
	// HadChildren reports whether the base has anything below dir. It may be nil.
	HadChildren func(dir manifest.Path) bool
	// MaxEntries is the most entries that the scan may read; 0: [DefaultMaxEntries].
	// With more it fails with a [TooManyEntriesError]. What is ignored does not count.
	MaxEntries int
}

// Ignores reports whether p is left out of the tree: because it belongs to ferry,
// whatever the caller says, or because Ignore says so.
func (l Look) Ignores(p manifest.Path, dir bool) bool {
	return l.Ignore != nil && l.Ignore(p, dir) || p.HasOwn()
}

// A Replica is one side of a pair. One conformance suite (package replicatest)
// runs against every implementation.
//
// All methods except Close may be called from several goroutines at once. Every
// method returns soon after its context is cancelled, with an error that wraps the
// context's cause. A cancelled call changes nothing more. After an error that wraps
// [ErrFatal] further calls are useless.
//
// A path given to a replica is one that a tree of this replica contained, or a new
// name below such a directory.
type Replica interface {
	// Root looks at the root itself. A missing root is no error. With create set, it
	// is made together with its parents.
	Root(ctx context.Context, create bool) (RootState, error)

	// Scan lists the root. What could not be read is a problem in the tree and not an
	// error. An error means that there is no tree at all.
	Scan(ctx context.Context, look Look) (*manifest.Tree, error)

	// Gone looks for each path by its name. It returns, in the same order, nil if the
	// path certainly does not exist, an error that wraps [ErrPresent] if it does, and
	// any other error if that cannot be told. was is what the base has there.
	Gone(ctx context.Context, paths []manifest.Path, was []manifest.Entry) []error

	// SameInOtherCase asks for each of names, which are there, under its other spelling,
	// and writes nothing for it. It reports true if all of them are found, and false if
	// one certainly is not. The error wraps [ErrNoAnswer] if nothing can be told, also
	// because a name is not there any more.
	SameInOtherCase(ctx context.Context, names []OtherCase) (bool, error)

	// Links returns, in the same order, what the symbolic links at paths lead to, as the side
	// shows it; "" for what is no link or cannot be told. It also reports whether the side
	// can make links. An absolute target that a server shows is returned as from the root:
	// /../etc/x where it is outside.
	Links(ctx context.Context, paths []manifest.Path) (targets []string, makes bool, err error)

	// Sum returns the SHA-256 of the content of file p. The error wraps [ErrChanged] if
	// the file is not as want says, and [ErrUnsupported] if the side would have to
	// transfer the content to find out. A side may also be a [compare.Hasher].
	Sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error)

	// Reader returns a Reader for the files of one run, in their order. It may do
	// nothing before the first Open.
	Reader(ctx context.Context, run []Wanted) Reader

	// Apply carries out the steps of one run in their order. It calls done once for
	// each step, in any order, as soon as the outcome is certain, and returns after the
	// last call. The calls for one run do not overlap. A step that fails does not stop
	// the others.
	//
	// Right before a step changes something, it checks that what is there is what the
	// step expects; if not, the error wraps [ErrChanged]. A file never appears half
	// written under its real name, and a step that reports an error has left what was
	// there in place.
	Apply(ctx context.Context, run []Step, done func(i int, out Outcome))

	// Leftovers reports whether Sweep has anything to do.
	Leftovers() bool

	// Sweep removes half-written files that interrupted passes left: those of this owner
	// at once, in the directories that were noted or listed, and those of others after
	// they stood still for long. It is called before the first change of a pass, under
	// the lock of the side.
	Sweep(ctx context.Context, s Sweep) error

	// Tidy ends a pass that has come to its end: this replica forgets where it wrote
	// temporaries, but for those that are still there.
	Tidy(ctx context.Context) error

	// Close releases everything. No other method may be running.
	Close() error
}

// ResumeFrom is the size in bytes from which a transfer that broke off is resumed.
const ResumeFrom = 1 << 20

// A Sweep says what a pass still needs of what earlier ones left.
type Sweep struct {
	// Pending are the sources of the files that the pass will write on this side. Large
	// parts of them stay, to be resumed. nil: there are none.
	Pending iter.Seq[Wanted]
	// Whole says that nothing else waits to be written, so that what this process kept
	// for a later attempt may go as well.
	Whole bool
	// Others says that what others left may go as well: nobody else holds the side.
	Others bool
}

// Writes yields what is pending.
func (s Sweep) Writes() iter.Seq[Wanted] {
	if s.Pending == nil {
		return func(func(Wanted) bool) {}
	}
	return s.Pending
}

// What a comparison of contents needs of a side as well, see package compare.
type (
	Wanted = compare.Wanted // a file to be read, as the scan saw it
	Reader = compare.Reader // reads the files of one run
	Source = compare.Source // an open file of one side
)

// StepOp is what a [Step] does.
type StepOp uint8

// The steps.
const (
	Put      StepOp = iota // write a temporary file, then rename it into place
	MkDir                  // make a directory, whose parent exists
	Move                   // rename From to Path, which does not exist
	Remove                 // remove a file
	RmDir                  // remove an empty directory
	SetMode                // give a file the permission bits of Want
	MakeLink               // make a symbolic link; the error wraps a LinkError where the side makes none like it
)

func (op StepOp) String() string {
	return [...]string{"put", "mkdir", "move", "remove", "rmdir", "chmod", "link"}[op]
}

// A Step is one change on one side.
type Step struct {
	Op   StepOp
	Path manifest.Path
	From manifest.Path // of a Move
	// Target is what a MakeLink leads to, relative to its directory, or with a leading slash
	// from the root.
	Target string
	// Expect is what must be at Path right before the step, or at From for a Move. The
	// zero Entry means that nothing may be there. For directories only the kind counts.
	Expect manifest.Entry
	// Want is what a Put writes: size and time of the source, and the permission bits that
	// the file gets where they are known. Its Name is the spelling of a new name.
	Want manifest.Entry
	// Open opens the source of a Put at an offset in bytes. It is called in the order
	// of the steps, and again after a failed attempt.
	Open func(ctx context.Context, offset int64) (Source, error)
	// Keep is the checksum of the content that is in place already, or "". A Put whose
	// source turns out to have the same content leaves the file as it is.
	Keep string
	// Copy names the conflict copy of a version that a Put found in the place of the one
	// it expected, when it had moved that away. It may be nil.
	Copy func(found manifest.Entry) manifest.Path
	// Trash says that the file which a Put replaces or a Remove removes is renamed into
	// the trash of its side.
	Trash bool
	// Progress is called with the number of bytes just transferred. It may be nil.
	Progress func(n int64)
}

// An Outcome is the result of a step.
type Outcome struct {
	// Entry is what is at Path now. Its stamp was read from the temporary file before
	// the rename, so that it cannot be somebody else's. It is zero after a Remove, an
	// RmDir or an error. Permission bits that a side has not shown are not in it.
	Entry manifest.Entry
	// Source is what [Source.Confirm] returned for the file that a Put read.
	Source manifest.Entry
	// Sum is the SHA-256 of the content that a Put read, if it is known.
	Sum string
	// Kept says that a Put found the same content in place already.
	Kept bool
	// Copy is the conflict copy that a Put made of somebody's version, which was saved
	// between its last look and its rename; "": it made none.
	Copy manifest.Path
	// Bytes is the number of bytes transferred, including failed attempts.
	Bytes int64
	// Ambiguous says that despite the error the step may have been done: the
	// connection broke before the reply, and it could not be found out afterwards.
	Ambiguous bool
	Err       error
}
