package ftp

import (
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

// The choices of [Options.Compress].
const (
	CompressAuto = deflate.Auto
	CompressOn   = deflate.On
	CompressOff  = deflate.Off
)

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
	case t.Deflate == c.deflates:
		return nil
	case t.Deflate:
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
			c.deflates = t.Deflate
		case !t.Deflate:
			c.dead = true
			return nil, &Error{Op: "MODE S", Class: Retry, Code: r.Code, Reply: Printable(r.Text)}
		default:
			t.Deflate = false
			if r.Code/100 != 4 && c.features != nil {
				c.features.Observe(DeflatesDownloads, false)
				c.features.Observe(DeflatesUploads, false)
			}
		}
	}
	return unsent, nil
}

// MayDeflate reports whether data may go in MODE Z at all, and whether that was seen to work. works is
// one of the quirks about MODE Z.
func (s *Session) MayDeflate(works Quirk) (may, proven bool) {
	f, choice, way := s.features, s.c.opts.Compress, deflate.Down
	if works == DeflatesUploads {
		way = deflate.Up
	}
	switch {
	case f == nil, choice == deflate.Off, f.line.HasFailed(way):
		return false, false
	case way == deflate.Up && (f.Has(LosesDeflated) || s.c.tls != nil): // TLS sends a trial in other pieces than a file
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

// DeflatesAnyway reports whether the user wants compression also where it does not pay.
func (s *Session) DeflatesAnyway() bool { return s.c.opts.Compress == deflate.On }

func (t *Transfer) isListing() bool { return t.Op == "listing" }

// deflateListing has a listing go in MODE Z where files were seen to come in it, and that pays.
func (s *Session) deflateListing(t *Transfer) {
	if may, proven := s.MayDeflate(DeflatesDownloads); t.isListing() && may && proven && s.features.Has(DeflatesListings) {
		t.Deflate = s.DeflatesAnyway() || s.c.line().Pays(deflate.Down, -1)
	}
}

// endTrial lets another transfer be the first one in MODE Z.
func (s *Session) endTrial(t *Transfer) {
	if t.Trial {
		t.Trial = false
		s.c.line().EndTrial(deflate.Down)
	}
}
