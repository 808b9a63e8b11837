package sync

import (
	"context"
	"errors"
	"io"

	"ferry/manifest"
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

// The errors that an engine asks for with [errors.Is]. A replica wraps the one
// that fits; any other error means that this one step failed and others may go
// on.
var (
	// ErrChanged means that what was found right before touching it is not what
	// the plan expects. Nothing was changed.
	ErrChanged = errors.New("changed since it was looked at")
	// ErrSource means that reading the other side failed, or that the source
	// changed while it was read. Nothing was put in place.
	ErrSource = errors.New("source could not be read whole")
	// ErrUnsupported means that the side cannot answer this question or do this
	// step at all.
	ErrUnsupported = errors.New("not supported by this side")
	// ErrFull means that the side has no room left for content.
	ErrFull = errors.New("no space left")
	// ErrFatal means that nothing more can be done on this side in this pass
	// (connection and all retries gone, login refused, root gone).
	ErrFatal = errors.New("side is lost")
	// ErrPresent means that a name that was missing in a listing is there.
	ErrPresent = errors.New("is there although the listing left it out")
)

// RootState is what a root is right now.
type RootState struct {
	Kind manifest.Kind // None: it is not there
	// ID names the root itself, so that another one in its place is noticed: local
	// device and inode; server, user and path, with the MLSD unique fact of the
	// directory where there is one. "" where nothing is known.
	ID string
	// Where names the root for people; never with a password.
	Where string
}

// A Look says what to scan.
type Look struct {
	// Dirs are the directories whose direct entries are wanted; nil is the whole
	// tree. A directory of Dirs that is not there is no error: it is simply in no
	// tree, and so is what is below it.
	Dirs []manifest.Path
	// Ignore says which paths are to be left out of the tree with all that is
	// below them. It may be nil. It is called from several goroutines.
	Ignore func(p manifest.Path, dir bool) bool
	// Past returns what this side showed at p when the base was written, the zero
	// Entry where the base has nothing. It may be nil. A replica uses it to save
	// questions to the server and to doubt a listing that lost everything. It is
	// called from several goroutines.
	Past func(p manifest.Path) manifest.Entry
	// HadChildren reports whether the base has anything below dir. May be nil.
	HadChildren func(dir manifest.Path) bool
}

// A Replica is one side of a pair. One conformance suite (package replicatest)
// runs against every implementation.
//
// All methods may be called from several goroutines at once, except Close.
// Every method returns soon after its context is cancelled, with an error that
// wraps the context's cause; a cancelled call changes nothing more. An error
// that wraps [ErrFatal] means that further calls are useless.
//
// A path given to a replica is one that a tree of this replica showed, or a new
// name below such a directory.
type Replica interface {
	// Root looks at the root itself. That nothing is there is no error. With
	// create set a missing root is made, parents included.
	Root(ctx context.Context, create bool) (RootState, error)

	// Scan lists the root. What could not be read is a problem in the tree, not
	// an error: an error means that there is no tree at all.
	Scan(ctx context.Context, look Look) (*manifest.Tree, error)

	// Gone looks for each of paths by its name and reports, in the same order,
	// nil where the name is provably not there, an error wrapping [ErrPresent]
	// where it is, and any other error where that cannot be told. was is what the
	// base says was there.
	Gone(ctx context.Context, paths []manifest.Path, was []manifest.Entry) []error

	// Sum returns the SHA-256 of the content of file p, which is as want says, or
	// an error wrapping [ErrChanged] where it is not. A side that would have to
	// send the content somewhere to find out returns [ErrUnsupported].
	Sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error)

	// Reader returns a way to read the files of one run, in their order. Nothing
	// need happen before the first Open.
	Reader(ctx context.Context, run []Wanted) Reader

	// Apply carries out the steps of one run in their order and calls done once
	// for each, in any order, as soon as its outcome is certain; it returns when
	// every done was called. One step failing does not stop the others. The calls
	// of done for one run do not overlap.
	//
	// Right before a step touches what is there, it looks whether that is what
	// the step expects, and answers [ErrChanged] if not. A file never stands half
	// written under its real name, and a step that reports an error has left
	// what was there in place.
	Apply(ctx context.Context, run []Step, done func(i int, out Outcome))

	// Tidy removes what earlier, interrupted passes left behind (half-written
	// files that are old enough) as far as the scans of this replica saw it.
	Tidy(ctx context.Context) error

	// Close lets go of everything. No other method may be running.
	Close() error
}

// Wanted names a file to be read, as the scan saw it.
type Wanted struct {
	Path  manifest.Path
	Entry manifest.Entry
}

// A Reader reads the files of one run. It is used by one goroutine.
type Reader interface {
	// Open opens file i of the run at offset bytes. The sources of a Reader are
	// opened in order, each closed before the next, though some may be left out or
	// opened twice. An error wraps [ErrChanged] where the file is known to differ
	// from what was wanted.
	Open(ctx context.Context, i int, offset int64) (Source, error)
	// Close ends the run.
	Close() error
}

// A Source is an open file of one side.
type Source interface {
	io.ReadCloser
	// Confirm says that what was read is the whole file, and that the file was
	// the same from before the first byte until after the last. It is called once
	// after EOF and before the content is put in place on the other side. An error
	// wraps [ErrChanged] or [ErrSource].
	Confirm(ctx context.Context) (manifest.Entry, error)
	// Sum returns the SHA-256 of the whole content after EOF, or "" where this
	// side has not seen all of it.
	Sum() string
}

// StepOp is what a [Step] does.
type StepOp uint8

// The steps.
const (
	Put    StepOp = iota // write a file beside, then rename it into place
	MkDir                // make a directory; its parent is there
	Move                 // rename From to Path, where nothing is
	Remove               // remove a file
	RmDir                // remove a directory that is empty
)

func (op StepOp) String() string {
	return [...]string{"put", "mkdir", "move", "remove", "rmdir"}[op]
}

// A Step is one change on one side.
type Step struct {
	Op   StepOp
	Path manifest.Path
	From manifest.Path // of a Move
	// Expect is what must be there right before the step: at Path, or at From for
	// a Move. The zero Entry means nothing. For directories only the kind counts.
	Expect manifest.Entry
	// Want is what a Put writes: size and time of the source, and in Name the
	// spelling for a new name.
	Want manifest.Entry
	// Open opens the source of a Put at offset bytes. It is called in the order
	// of the steps, and again with another offset after a failed attempt.
	Open func(ctx context.Context, offset int64) (Source, error)
	// Keep returns the sum of the content that is in place already, or "". A Put
	// whose source turns out to have that content leaves the file as it is.
	Keep string
	// Trash keeps what a Put replaces or a Remove removes: it is renamed into the
	// trash of its side instead.
	Trash bool
	// Progress is told of bytes as they go through. It may be nil.
	Progress func(n int64)
}

// An Outcome is what became of a step.
type Outcome struct {
	// Entry is what is at Path now, with the stamp that was seen on the temporary
	// before the rename (so that it cannot be somebody else's). Zero after a
	// Remove, RmDir or an error.
	Entry manifest.Entry
	// Source is what [Source.Confirm] said of the file that a Put read.
	Source manifest.Entry
	// Sum is the SHA-256 of the content that a Put read, where known.
	Sum string
	// Kept says that a Put found the content in place already.
	Kept bool
	// Bytes that were sent or received, those of failed attempts included.
	Bytes int64
	// Ambiguous says that an error left open whether the step was done: the
	// connection broke before the answer, and looking did not settle it.
	Ambiguous bool
	Err       error
}
