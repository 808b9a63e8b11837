package ftp

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"time"

	"ferry/internal/ftp/deflate"

	"github.com/jlaffaye/ftp"
)

// newDownload returns the download of a transfer that has begun.
func newDownload(s *Session, t *Transfer, stream *ftp.Response, leave func()) *Download {
	d := &Download{s: s, Transfer: t, stream: stream, leave: leave, flow: flow{began: time.Now()}}
	if t.Deflate {
		d.inflate = deflate.NewReader(readerFunc(d.readRaw))
	} else {
		s.endTrial(t) // the server does not know MODE Z
	}
	return d
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Proven reports whether what was read is whatever the server sent: in MODE Z only the end of the
// stream proves that.
func (d *Download) Proven() bool { return !d.Transfer.Deflate || d.whole }

// A flow is what has come over a data connection, and since when.
type flow struct {
	bytes int64
	began time.Time
}

// noteWhole notes how fast a download was that has come to its end, and is size bytes.
func (d *Download) noteWhole(size int64) {
	d.s.c.line().Note(deflate.Down, d.inflate != nil, d.flow.bytes, size, time.Since(d.flow.began))
}

// readInflated reads a download in MODE Z.
func (d *Download) readInflated(p []byte) (int, error) {
	n, err := d.inflate.Read(p)
	sent, size := d.inflate.Counts()
	t := d.Transfer
	switch {
	case t.Trial && (size > t.Size || err == io.EOF && n == 0 && size != t.Size):
		err = fmt.Errorf("%w: %d bytes came of %d", errOtherSize, size, t.Size)
		n = 0
	case err == nil || n > 0: // it says the same again
		return n, nil
	case err == io.EOF && d.whole:
		return 0, io.EOF
	case err == io.EOF:
		if t.Trial {
			d.s.features.Observe(DeflatesDownloads, true)
			d.s.endTrial(t)
		}
		d.whole = true
		d.noteWhole(size)
		d.s.c.line().NoteEnd(deflate.Down, true)
		if !t.listing {
			d.s.c.line().NoteSize(cmp.Or(t.Name, t.Path), sent, size)
		}
		return 0, io.EOF
	}
	return 0, d.inflateFailed(err)
}

// errOtherSize says that the first file that came in MODE Z has another size than the server said. It
// may have been written meanwhile, so that says nothing of the next time.
var errOtherSize = errors.New("the file that comes in MODE Z has another size")

// inflateFailed returns the error of a download in MODE Z that is not whole, so that it is worth
// another attempt. What is no zlib stream will not be one the next time, and neither will one that
// ends too early and that the server calls complete.
func (d *Download) inflateFailed(err error) error {
	t, works := d.Transfer, DeflatesDownloads
	if t.listing {
		works = DeflatesListings
	}
	switch {
	case errors.Is(err, deflate.ErrStream):
		d.s.GiveUp()
		d.s.features.Observe(works, false)
	case errors.Is(err, deflate.ErrCut):
		d.inflate = nil // the rest is its final reply
		if r, ferr := d.Finish(); ferr == nil && r.OK() {
			d.s.features.Observe(works, false)
		}
		d.s.c.line().NoteEnd(deflate.Down, false)
	case errors.Is(err, errOtherSize):
		d.s.GiveUp()
		d.s.c.line().BarTrial(deflate.Down)
	default:
		d.s.c.line().NoteEnd(deflate.Down, false)
		return err // of the connection
	}
	d.s.endTrial(t)
	d.s.c.opts.Log.Info("MODE Z did not give the file", "path", t.Path, "why", err)
	return &Error{Op: t.Op, Path: t.Path, Class: Retry, Err: err}
}

// Distrust notes that a download in MODE Z does not give the file that came without it.
func (d *Download) Distrust() {
	d.s.features.Observe(DeflatesDownloads, false)
	d.Abort()
}

// IsBadStream reports whether err says that what came in MODE Z was no zlib stream. Then nothing of
// it is certain.
func IsBadStream(err error) bool { return errors.Is(err, deflate.ErrStream) }

// Flow returns how many bytes have come over the data connection, and in what time.
func (d *Download) Flow() (bytes int64, took time.Duration) {
	return d.flow.bytes, time.Since(d.flow.began)
}

// noteUpload notes how fast an upload of size bytes was, and whether it broke.
func (s *Session) noteUpload(t *Transfer, size int64, err error) {
	line := s.c.line()
	if err == nil && t.data != nil && !t.data.began.IsZero() {
		line.Note(deflate.Up, t.Deflate, t.data.written, size, time.Since(t.data.began))
	}
	if t.Deflate && (err == nil || Retryable(err)) {
		line.NoteEnd(deflate.Up, err == nil)
	}
}
