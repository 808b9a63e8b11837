package read

import (
	"bytes"
	"context"
	"errors"
	"io"

	"ferry/internal/ftp"
)

// segmentBytes is the most that a segment puts into place at a time.
const segmentBytes = 256 << 10

// A segment is a later part of a file, which a session of its own puts into place. Its fields
// are guarded by the mutex of its [segments].
type segment struct {
	from, end int64  // end comes nearer where another segment takes over the rest
	at        int64  // all before is in place
	edge      []byte // what the server sent for the bytes before from
	joined    bool   // that they belong together was seen
	over      bool   // nothing more will come
	yield     bool   // its session is wanted elsewhere
}

// errLied says that the server did not send the part of the file that was wanted.
var errLied = errors.New("the server does not begin where REST says")

// carry reads the segment q on a session that nobody else wants. It returns the bytes that came.
func (g *segments) carry(ctx context.Context, q *segment) error {
	s := g.file.server.Spare(ctx)
	if s == nil {
		g.withdraw(q)
		return nil
	}
	defer g.file.server.Return(s)
	begin := max(0, q.from-tailBytes)
	d, err := s.Retrieve(ctx, g.file.At, begin)
	if err != nil {
		g.withdraw(q)
		return err
	}
	defer d.Abort()
	edge := make([]byte, q.from-begin)
	if _, err = io.ReadFull(d, edge); err == nil && g.isStart(edge) {
		g.file.noREST.Store(true)
		err = errLied
	}
	if err != nil || !g.activate(q, edge) {
		g.withdraw(q)
		return err
	}
	err = g.fill(q, d)
	g.change(func() {
		q.over = true
		if errors.Is(err, errLied) {
			q.at, g.lied = q.from, true
			g.place.Drop(max(q.from, g.pos)) // it is the last one; all of it is read again
		}
	})
	return err
}

// fill puts into place what comes of q.
func (g *segments) fill(q *segment, d *ftp.Download) error {
	buf := make([]byte, segmentBytes)
	for {
		at, end, stop := g.standing(q)
		if stop || at == end && end < g.size {
			return nil
		}
		if at == end {
			return g.finish(d)
		}
		n, err := d.Read(buf[:min(int64(len(buf)), end-at)])
		if n > 0 {
			if _, err := g.place.WriteAt(buf[:n], at); err != nil {
				return err
			}
			g.change(func() { q.at += int64(n); g.received += int64(n) })
		}
		switch {
		case err == io.EOF && at+int64(n) < g.size:
			return &ftp.Error{Op: "RETR", Path: g.file.At, Class: ftp.Retry, Err: io.ErrUnexpectedEOF}
		case err != nil && err != io.EOF:
			return err
		}
	}
}

// finish ends the download of the last segment, all of which has come. As always, a final reply
// that was lost says less than the number of bytes.
func (g *segments) finish(d *ftp.Download) error {
	_, err := d.Finish()
	switch {
	case errors.Is(err, ftp.ErrMoreData), err != nil && ftp.IsFinal(err):
		return errors.Join(errLied, err)
	}
	g.change(func() { g.measured = true })
	return nil
}

// isStart reports whether the bytes before a segment are those at the start of the file, as a
// server sends them that ignores REST.
func (g *segments) isStart(edge []byte) bool {
	start := make([]byte, len(edge))
	_, err := g.place.ReadAt(start, 0)
	return err == nil && bytes.Equal(start, edge) && !alike(edge)
}

// alike reports whether bytes prove nothing, because they are all the same.
func alike(b []byte) bool { return bytes.Count(b, b[:min(1, len(b))]) == len(b) }
