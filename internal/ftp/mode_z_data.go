package ftp

import (
	"cmp"
	"errors"
	"io"
	"time"

	"ferry/internal/ftp/deflate"

	"github.com/jlaffaye/ftp"
)

// newDownload returns the download of a transfer that has begun.
func newDownload(s *Session, t *Transfer, stream *ftp.Response, leave func()) *Download {
	d := &Download{s: s, Transfer: t, stream: stream, leave: leave, began: time.Now()}
	if !t.Deflate {
		s.endTrial(t) // the server does not know MODE Z
		return d
	}
	name, size := cmp.Or(t.Name, t.Path), int64(-1)
	if t.isListing() {
		name = ""
	}
	if t.Trial {
		size = t.Size
	}
	d.inflate = s.c.line().Open(d.readRaw, name, size)
	return d
}

// Proven reports whether what was read is whatever the server sent: in MODE Z only the end of the
// stream proves that.
func (d *Download) Proven() bool { return d.inflate == nil || d.inflate.IsWhole() }

// readInflated reads a download in MODE Z.
func (d *Download) readInflated(p []byte) (int, error) {
	n, err := d.inflate.Read(p)
	switch {
	case err == io.EOF && d.Transfer.Trial:
		d.s.features.Observe(DeflatesDownloads, true)
		d.s.endTrial(d.Transfer)
	case err != nil && err != io.EOF:
		err = d.inflateFailed(err)
	}
	return n, err
}

// inflateFailed returns the error of a download in MODE Z that is not whole, so that it is worth
// another attempt. What is no zlib stream will not be one the next time, and neither will one that
// ends too early and that the server calls complete.
func (d *Download) inflateFailed(err error) error {
	t, works := d.Transfer, DeflatesDownloads
	if t.isListing() {
		works = DeflatesListings
	}
	switch {
	case errors.Is(err, deflate.ErrStream):
		d.s.GiveUp()
		d.s.features.Observe(works, false)
	case errors.Is(err, deflate.ErrCut):
		if r, ferr := d.close(); ferr == nil && r.OK() {
			d.s.features.Observe(works, false)
		}
	case errors.Is(err, deflate.ErrOtherSize):
		d.s.GiveUp()
	default:
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
	return d.came, time.Since(d.began)
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
