package deploy

import (
	"context"
	"errors"
	"io"

	"ferry/manifest"
)

// A Place is a name on the server, in the site or in the work directory. Its path is
// relative to that directory.
type Place struct {
	Work bool
	Path string // slash-separated, as the server spells it; "": the directory itself
}

// Live is the place of a path of the site. was has the spelling on the server.
func Live(p manifest.Path, was manifest.Entry) Place {
	if was.Name == "" {
		return Place{Path: string(p)}
	}
	return Place{Path: string(p.Parent().Join(was.Name))}
}

// Work is a place in the work directory.
func Work(name string) Place { return Place{Work: true, Path: name} }

// Op is the kind of a [Step].
type Op uint8

// The kinds. None of them waits for the reply of the one before it in the same chain.
const (
	Rename    Op = iota // From to To, over a file that is there
	Delete              // the file From
	MakeDir             // To; one that is there is no error
	RemoveDir           // From, where it is empty; any other is left alone, and no error
	SetMode             // of To
	// Unlock releases the lock, where that costs nothing: what [Server.Lock] returned does it
	// otherwise, and is called in any case.
	Unlock
)

// A Step is one change on the server.
type Step struct {
	Op       Op
	From, To Place
	Mode     uint16
	// Free says that a rename must not replace anything: where something is at To, it is refused.
	Free bool
}

// A Chain is steps that go out in one write, in this order.
type Chain []Step

// ErrUnknown says that a step may have been carried out or not: the connection was lost.
var ErrUnknown = errors.New("not known whether it was done")

// ErrMissing says that nothing is at a place, for certain.
var ErrMissing = errors.New("not there")

// ErrUnsupported says that the server cannot answer.
var ErrUnsupported = errors.New("not supported by the server")

// A Look is what the server shows at a place.
type Look struct {
	Entry manifest.Entry // zero: nothing is there
	Mode  uint16         // 0: not known
	Err   error          // it cannot be told
}

// A DirList is what the server lists in one directory of the site.
type DirList struct {
	Entries map[string]Look // by the name as a path has it (NFC); Entry.Name is the server's spelling
	// Missing says that there is no such directory, for certain.
	Missing bool
	// Err says why it cannot be told what is in it.
	Err error
}

// A WorkFile is a file or directory in the work directory.
type WorkFile struct {
	Name  string
	Entry manifest.Entry
}

// An Upload is one file to be stored in the work directory.
type Upload struct {
	Name string // below the work directory
	// Dirs are directories of the work directory that are made with the first upload that names
	// them, parents first, where they are not there. That costs no round trip. All other
	// directories must exist.
	Dirs []string
	Size int64
	// Resume is how many bytes of the file are there already, from an upload that broke off.
	Resume int64
	// Open opens the content at an offset. It is called again for a retry.
	Open func(offset int64) (io.ReadCloser, error)
	// Keep returns the name that the file gets once it is whole, from what the server shows of it;
	// nil: it keeps its name. The rename costs no round trip where there are more files. With
	// KeepIfFree it is left out where it would cost one.
	Keep       func(seen manifest.Entry) string
	KeepIfFree bool
	// Late makes the content, once all files without it are done, in place of Open and Size.
	// Where one of them has failed, it may return an error.
	Late func() ([]byte, error)
	// Unseen says that nobody needs to look at what the server holds of the file now: the
	// caller does that later, together with other things. Seen may then be zero.
	Unseen bool
}

// An Uploaded is the result of an [Upload].
type Uploaded struct {
	Name string         // where the file is now
	Seen manifest.Entry // what the server shows of it; its size is that of the content
	Mode uint16
	Err  error
}

// Found is what [Server.Begin] finds in the work directory.
type Found struct {
	State    []byte // nil: there is none
	StateErr error  // it is there, or may be, and cannot be read
	Stage    bool   // something is staged
	Commit   bool   // stage/commit is there
	Any      bool   // the work directory holds something besides a lock
	Kept     bool   // it holds what earlier releases keep, the directory d
}

// A Server is the server of a site, with one login. Methods may be called from several
// goroutines. An error that is not one of a single place or step says that nothing more
// can be done, or that ctx was cancelled.
type Server interface {
	// Lock takes the lock of the site, which keeps other deploys and passes away. waited
	// says that somebody else's was there.
	Lock(ctx context.Context) (release func(), waited bool, err error)
	// Begin looks for what earlier deploys have left, in as few round trips as possible.
	Begin(ctx context.Context) (Found, error)
	// Read reads a file of the work directory whole. The error wraps [ErrMissing] where
	// there is none. More than most bytes are an error.
	Read(ctx context.Context, name string, most int64) ([]byte, error)
	// List lists directories of the site, in parallel.
	List(ctx context.Context, dirs []manifest.Path) (map[manifest.Path]*DirList, error)
	// ListAll lists the site, except what skip names and the work directory.
	ListAll(ctx context.Context, skip func(p manifest.Path, dir bool) bool) (map[manifest.Path]*DirList, error)
	// ListWork lists one directory of the work directory. The error wraps [ErrMissing]
	// where there is none.
	ListWork(ctx context.Context, dir string) ([]WorkFile, error)
	// Upload stores files over all sessions. done is called for each, one at a time.
	// Nothing is changed but the files named. A name that is there is replaced.
	Upload(ctx context.Context, files []Upload, done func(i int, r Uploaded)) error
	// Look asks what is at each place, in batches. With held it also asks, in the same
	// round trip, whether the lock is still ours, and returns [sync.ErrHeld] where it is not.
	Look(ctx context.Context, places []Place, held bool) ([]Look, error)
	// Apply carries out groups of chains. Chains of one group go out in parallel over all
	// sessions; a group begins when every step of the one before was answered. Where all
	// fits into one write on one session, it goes out so, without waits. The errors are by
	// group, chain and step; one that may have been carried out wraps [ErrUnknown].
	Apply(ctx context.Context, groups [][]Chain) ([][][]error, error)
	// Download opens a file for reading.
	Download(ctx context.Context, at Place) (io.ReadCloser, error)
	// Hash returns the SHA-256 of a file, 32 bytes. The error wraps [ErrUnsupported] where
	// the server does not tell it.
	Hash(ctx context.Context, at Place) (string, error)
	// Root returns an identity of the root, "" where nothing is known; missing says that
	// there is none, for certain. With create it is made.
	Root(ctx context.Context, create bool) (id string, missing bool, err error)
	// SameFileSystem finds out whether the work directory and the site are in one file system,
	// which renames from one to the other need. The error says why that cannot be told.
	SameFileSystem(ctx context.Context) (bool, error)
	// Close ends all sessions.
	Close() error
}
