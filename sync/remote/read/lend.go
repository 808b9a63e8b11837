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
// are [Lent]: large ones may go directly. Small ones are read as by a [Reader], one for each
// stretch of them, so that none is read ahead while a large one needs the session. A stretch has
// room in memory: nobody keeps a session of this server and waits for one of the other, which
// somebody keeps who waits for one of this.
type lender struct {
	env
	ctx   context.Context // of Lend
	link  *third.Link
	run   []sync.Wanted
	small *Reader // of the stretch from first to end; nil: none is open
	first int
	end   int
}

// Lend is [New] for files that go to another server, directly where link allows it.
func Lend(ctx context.Context, srv Server, o ftp.Options, run []sync.Wanted, link *third.Link) sync.Reader {
	return &lender{env: env{srv, o}, ctx: ctx, link: link, run: run}
}

// mayGo reports whether file i may go directly.
func (l *lender) mayGo(i int) bool { return l.run[i].Entry.Size >= directFrom && l.link.Open() }

// Open implements [sync.Reader].
func (l *lender) Open(ctx context.Context, i int, offset int64) (sync.Source, error) {
	f := &Lent{env: l.env, link: l.link, Target: Target{Wanted: l.run[i]}, h: sha256.New()}
	if offset > 0 {
		f.h = nil
	}
	if !l.mayGo(i) {
		f.open = func() (sync.Source, error) { return l.openSmall(ctx, i, offset) }
		return f, f.start()
	}
	if err := l.Close(); err != nil {
		return nil, err
	}
	f.open = func() (sync.Source, error) {
		src, err := openFile(ctx, l.env, l.run[i], offset)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", l.run[i].Path, err)
		}
		return src, nil
	}
	if f.mayGo = offset == 0; f.mayGo {
		return f, nil
	}
	return f, f.start()
}

// openSmall opens a file that is read here, and lets those behind it be read ahead.
func (l *lender) openSmall(ctx context.Context, i int, offset int64) (sync.Source, error) {
	if l.small == nil || i < l.first || i >= l.end {
		if err := l.Close(); err != nil {
			return nil, err
		}
		l.first, l.end = i, i+1
		held := l.run[i].Entry.Size
		for l.end < len(l.run) && !l.mayGo(l.end) && l.end-l.first < aheadFiles && held < aheadBytes {
			held += l.run[l.end].Entry.Size
			l.end++
		}
		l.small = New(l.ctx, l.server, l.opts, l.run[l.first:l.end])
	}
	return l.small.Open(ctx, i-l.first, offset)
}

// Close implements [sync.Reader].
func (l *lender) Close() error {
	if l.small == nil {
		return nil
	}
	small := l.small
	l.small = nil
	return small.Close()
}

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
