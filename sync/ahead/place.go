// Package ahead lets a source put later parts of a file into place before their turn, for
// example because several connections bring it at a time.
package ahead

import (
	"errors"
	"io"
	"slices"
	stdsync "sync"
)

// A Spreader is a source that may use a place. Spread is called at most once, before the first
// Read. Read still returns all the bytes in order, also those that are in place. Nothing is
// put into the place after the source was closed.
type Spreader interface{ Spread(p *Place) }

// A File is what a place needs of the file that is being written.
type File interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
}

// ErrCut says that nothing more may be put into the place.
var ErrCut = errors.New("the file is being closed")

// A Place is a file that somebody writes from its start, while later parts are put into it
// ahead of their turn. Such a file is no beginning of anything, however long it is. So it is
// longer than it will ever be until [Place.Complete] or [Place.Cut] is called, and whoever
// finds it after a crash can tell. Its methods may be called from several goroutines.
type Place struct {
	file     File
	size     int64 // of the whole
	progress func(n int64)

	mu        stdsync.Mutex
	parts     []part // in place, in order, apart from each other
	spread    bool   // the file is longer than it will be
	over      bool
	unproven  bool
	unfitting bool // there cannot be parts ahead
}

// A part is a range of bytes; end is behind its last one.
type part struct{ from, end int64 }

// New returns a place for a file of that size. progress is called with the number of bytes that
// came into place, and with a negative number where they have to be read again.
func New(file File, size int64, progress func(n int64)) *Place {
	if progress == nil {
		progress = func(int64) {}
	}
	return &Place{file: file, size: size, progress: progress}
}

// Begin prepares the file for parts ahead. Nobody may write to the file meanwhile, so a source
// calls it in its Read. The error says that there cannot be any; the file is then as it was.
func (p *Place) Begin() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.over:
		return ErrCut
	case p.spread:
		return nil
	case p.unfitting:
		return errNotSparse
	}
	if err := checkSparse(p.file); err != nil {
		p.unfitting = true
		return err
	}
	if err := p.file.Truncate(p.size + 1); err != nil {
		return err
	}
	p.spread = true
	return nil
}

// errNotSparse says that the file system would fill what lies before a part ahead.
var errNotSparse = errors.New("the file system has no files with holes")

// WriteAt puts bytes into place ahead of their turn.
func (p *Place) WriteAt(b []byte, at int64) (int, error) {
	p.mu.Lock()
	ready := p.spread && !p.over
	p.mu.Unlock()
	if !ready {
		return 0, ErrCut
	}
	n, err := p.file.WriteAt(b, at)
	if err != nil {
		return n, err // nobody counts on what there is of b
	}
	p.mu.Lock()
	p.add(part{at, at + int64(n)})
	p.mu.Unlock()
	p.progress(int64(n))
	return n, nil
}

// add notes a part. p.mu is held.
func (p *Place) add(n part) {
	i := slices.IndexFunc(p.parts, func(o part) bool { return o.end >= n.from })
	if i < 0 {
		p.parts = append(p.parts, n)
		return
	}
	k := i
	for ; k < len(p.parts) && p.parts[k].from <= n.end; k++ {
		n = part{min(n.from, p.parts[k].from), max(n.end, p.parts[k].end)}
	}
	p.parts = slices.Replace(p.parts, i, k, n)
}

// ReadAt reads what is in place, or was written before.
func (p *Place) ReadAt(b []byte, at int64) (int, error) { return p.file.ReadAt(b, at) }

// Holds reports whether n bytes were put into place at an offset ahead of their turn. A nil
// place holds none.
func (p *Place) Holds(at int64, n int) bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.parts, func(o part) bool { return o.from <= at && at+int64(n) <= o.end })
}

// Drop forgets what is in place from an offset on: it has to be written again.
func (p *Place) Drop(from int64) {
	p.mu.Lock()
	var dropped int64
	for i := len(p.parts) - 1; i >= 0 && p.parts[i].end > from; i-- {
		o := &p.parts[i]
		dropped += o.end - max(from, o.from)
		o.end = max(from, o.from)
	}
	p.parts = slices.DeleteFunc(p.parts, func(o part) bool { return o.from == o.end })
	p.mu.Unlock()
	p.progress(-dropped)
}

// Doubt notes that nothing but the length shows that the parts belong together.
func (p *Place) Doubt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unproven = true
}

// Unproven reports whether Doubt was called. A nil place has no doubts.
func (p *Place) Unproven() bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unproven
}

// Complete gives the file its size, once all of it was written.
func (p *Place) Complete() error {
	if p == nil {
		return nil
	}
	return p.Cut(p.size)
}

// Cut ends the file behind its first bytes, which were written without a gap. What was put
// ahead of them is gone. The source was closed before.
func (p *Place) Cut(size int64) error {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	if !p.spread {
		return nil
	}
	if err := p.file.Truncate(size); err != nil {
		return err
	}
	p.spread = false
	return nil
}
