package ftp

import (
	"context"
	"io"
	"strings"

	"ferry/internal/ftp/deflate"
	"ferry/internal/ftp/socket"
)

// In MODE Z (draft-preston-ftpext-deflate) the data are one zlib stream. MODE belongs to the
// session: it goes out in one write with what precedes a transfer, and only where the transfer
// wants another one than the session has. Whatever begins in the middle of a file, and whatever
// nobody has said the size of, goes as it is.

// Compress says when data connections are compressed.
type Compress = deflate.Choice

// OffersModeZ reports whether FEAT lists MODE Z.
func (f *Features) OffersModeZ() bool { return strings.EqualFold(f.feat["MODE"], "Z") }

// Line returns what is known of how fast the connections to the server are.
func (f *Features) Line() *deflate.Line { return &f.line }

// line is [Features.Line] of the server; before the login it is another one.
func (c *controlConn) line() *deflate.Line {
	if c.features == nil {
		return new(deflate.Line)
	}
	return &c.features.line
}

// modeCommands returns the command that gives the session the mode that t wants, if it has another.
func (c *controlConn) modeCommands(t *Transfer) []*awaited {
	switch {
	case t.deflate == c.deflates:
		return nil
	case t.deflate:
		return []*awaited{{line: "MODE Z", fits: fits}}
	}
	return []*awaited{{line: "MODE S", fits: fits}}
}

// setMode reads the reply to MODE, if that was sent. Without MODE Z the transfer goes as it is. It
// returns what is still to be sent to servers that get one command at a time.
func (a *attempt) setMode(mode, unsent []*awaited) (left []*awaited, err error) {
	c, t := a.c, a.t
	for _, command := range mode {
		if unsent, err = c.sendFirst(unsent); err != nil {
			return nil, err
		}
		r, err := c.awaitCommand(command)
		switch {
		case err != nil:
			return nil, err
		case r.OK():
			c.deflates = t.deflate
		case !t.deflate:
			c.dead = true
			return nil, &Error{Op: "MODE S", Class: Retry, Code: r.Code, Reply: Printable(r.Text)}
		default:
			t.deflate = false
			if r.Code/100 != 4 && c.features != nil {
				c.features.Observe(DeflatesDownloads, false)
				c.features.Observe(DeflatesUploads, false)
			}
		}
	}
	return unsent, nil
}

// leaveModeZ brings the session back into MODE S.
func (s *Session) leaveModeZ(ctx context.Context) error {
	if !s.c.deflates {
		return nil
	}
	r, err := s.Command(ctx, "MODE S")
	if err == nil && !r.OK() {
		s.GiveUp()
		err = &Error{Op: "MODE S", Class: Retry, Code: r.Code, Reply: Printable(r.Text)}
	}
	s.c.deflates = err != nil
	return err
}

// mayDeflate reports whether data may go in MODE Z at all, and whether that was seen to work.
func (s *Session) mayDeflate(works Quirk) (may, proven bool) {
	f, choice := s.features, s.c.opts.Compress
	way := deflate.Down
	if works == DeflatesUploads {
		way = deflate.Up
	}
	if f == nil || choice == deflate.Off || f.line.HasFailed(way) {
		return false, false
	}
	proven, known := f.Known(works)
	switch {
	case known && !proven:
		return false, false
	case choice == deflate.On:
		return true, proven
	}
	near := socket.IsLoopback(s.c.sock.RemoteAddr()) && !s.c.opts.treatAsRemote
	return !near && (proven || f.OffersModeZ()), proven
}

// mostTried is how many bytes the first download in MODE Z may have, unless its reader compares:
// so much is kept until all of it has come.
const mostTried = 1 << 20

// chooseDownload decides whether t goes in MODE Z.
func (s *Session) chooseDownload(t *Transfer) {
	if t.upload || t.deflate || t.offset > 0 || t.Size <= 0 && !t.listing {
		return
	}
	may, proven := s.mayDeflate(DeflatesDownloads)
	line := s.c.line()
	switch {
	case !may:
		return
	case t.listing:
		t.deflate = proven && s.features.Has(DeflatesListings) && s.deflates(deflate.Down, -1)
		return
	case line.IsFutile(t.name()) || !t.Compares && !s.deflates(deflate.Down, t.Size):
		return
	case !proven && (t.Size > mostTried && !t.Compares || !line.BeginTrial(deflate.Down)):
		return
	}
	t.deflate, t.trial = true, !proven
}

// deflates reports whether it pays that size bytes go in MODE Z, or the user wants it anyway.
func (s *Session) deflates(w deflate.Way, size int64) bool {
	return s.c.opts.Compress == deflate.On || s.c.line().Pays(w, size)
}

// name returns the name that tells what is in the file of t.
func (t *Transfer) name() string {
	if t.Name != "" {
		return t.Name
	}
	return t.Path
}

// endTrial lets another transfer be the first one in MODE Z.
func (s *Session) endTrial(t *Transfer) {
	if t.trial {
		t.trial = false
		s.c.line().EndTrial(deflate.Down)
	}
}

// chooseUpload decides whether t goes in MODE Z: src must be seen to become smaller. The first time
// a file of ferry's own goes before it, in its place. An error means that this took the session.
func (s *Session) chooseUpload(ctx context.Context, t *Transfer, src *uploadSource) error {
	if t.deflate || t.offset > 0 || t.Size <= 0 {
		return nil
	}
	may, proven := s.mayDeflate(DeflatesUploads)
	line := s.c.line()
	if !may || line.IsFutile(t.name()) || !s.sendsDeflated(t.Size) {
		return nil
	}
	if !deflate.Shrinks(src.peek(deflate.SampleBytes)) {
		return nil
	}
	if !proven {
		if t.makesDirectories() || !line.BeginTrial(deflate.Up) {
			return nil
		}
		defer line.EndTrial(deflate.Up)
		works, err := s.TryModeZ(ctx, t.Path)
		if err != nil || !works {
			return err
		}
	}
	t.deflate = s.sendsDeflated(t.Size) // the trial may have shown that it takes longer
	return nil
}

// sendsDeflated reports whether a file of size bytes is sent in MODE Z.
func (s *Session) sendsDeflated(size int64) bool {
	return s.deflates(deflate.Up, size) || s.c.line().MayPay(deflate.Up, size)
}

// makesDirectories reports whether the place of the file may still have to be made.
func (t *Transfer) makesDirectories() bool {
	for _, line := range t.Before.lines {
		if verbOf(line) == "MKD" {
			return true
		}
	}
	return false
}

// Deflated reports whether the data went in MODE Z.
func (t *Transfer) Deflated() bool { return t.deflate }

// writeOnly hides every method but Write.
type writeOnly struct{ io.Writer }
