package read

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"

	"ferry/internal/ftp"
	"ferry/internal/ftp/third"
	"ferry/manifest"
	"ferry/sync"
)

// directFrom is the size in bytes from which a file is worth a direct transfer: to prove what
// came, the ends of both files may have to be read here.
const directFrom = 2 * sync.OverlapBytes

// A lender reads the files of a run for another server. It implements [sync.Reader]. Its sources
// are [Lent]: large ones may go directly. Small ones are read as by a [Reader].
type lender struct {
	env
	link  *third.Link
	run   []sync.Wanted
	small *Reader
	at    []int // the index in the run of small of each file; -1: it is not among them
}

// Lend is [New] for files that go to another server, directly where link allows it.
func Lend(ctx context.Context, srv Server, o ftp.Options, run []sync.Wanted, link *third.Link) sync.Reader {
	l := &lender{env: env{srv, o}, link: link, run: run}
	var small []sync.Wanted
	for _, w := range run {
		at := -1
		if !link.Open() || w.Entry.Size < directFrom {
			at, small = len(small), append(small, w)
		}
		l.at = append(l.at, at)
	}
	l.small = New(ctx, srv, o, small)
	return l
}

// Open implements [sync.Reader].
func (l *lender) Open(ctx context.Context, i int, offset int64) (sync.Source, error) {
	f := &Lent{env: l.env, link: l.link, Target: Target{Wanted: l.run[i]}, h: sha256.New()}
	if offset > 0 {
		f.h = nil
	}
	f.open = func() (sync.Source, error) {
		if at := l.at[i]; at >= 0 {
			return l.small.Open(ctx, at, offset)
		}
		src, err := openFile(ctx, l.env, l.run[i], offset)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", l.run[i].Path, err)
		}
		return src, nil
	}
	f.mayGo = offset == 0 && l.at[i] < 0
	if f.mayGo {
		return f, nil
	}
	return f, f.start()
}

// Close implements [sync.Reader].
func (l *lender) Close() error { return l.small.Close() }

// A Lent is a file for another server. It implements [sync.Source]: whoever reads it gets its
// content, and the hash of what was read. [Lent.Send] may be called before.
type Lent struct {
	env
	Target
	link  *third.Link
	mayGo bool // it may go directly

	open func() (sync.Source, error)
	src  sync.Source // nil before it is read here
	h    hash.Hash   // nil where it is not read from its beginning
	done bool        // EOF was reached

	sent   bool // it went directly
	entry  manifest.Entry
	proven string // the hash of what went directly; "": not known
}

func (f *Lent) start() (err error) {
	if f.src == nil {
		f.src, err = f.open()
	}
	return err
}

// Read implements [io.Reader].
func (f *Lent) Read(p []byte) (int, error) {
	if err := f.start(); err != nil {
		return 0, err
	}
	n, err := f.src.Read(p)
	if f.h != nil {
		f.h.Write(p[:n])
	}
	f.done = f.done || err == io.EOF
	return n, err
}

// Confirm implements [sync.Source].
func (f *Lent) Confirm(ctx context.Context) (manifest.Entry, error) {
	if f.sent {
		return f.entry, nil
	}
	if err := f.start(); err != nil {
		return manifest.Entry{}, err
	}
	return f.src.Confirm(ctx)
}

// Sum implements [sync.Source].
func (f *Lent) Sum() string {
	switch {
	case f.sent:
		return f.proven
	case f.src != nil && f.src.Sum() != "":
		return f.src.Sum()
	case f.h != nil && f.done:
		return string(f.h.Sum(nil))
	}
	return ""
}

// TellsHash implements [sync.HashTeller].
func (f *Lent) TellsHash() bool { return f.src != nil && sync.TellsHash(f.src) }

// Close implements [io.Closer].
func (f *Lent) Close() error {
	if f.src == nil {
		return nil
	}
	return f.src.Close()
}
