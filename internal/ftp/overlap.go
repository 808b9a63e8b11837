package ftp

import (
	"context"
	"errors"
	"ferry/internal/ftp/wire"
	"fmt"
)

// After a download or a listing the next commands go out before the final reply has
// come. The server has closed its end of the data connection, so the transfer is
// over, and the reply only says how it went. Some servers send that reply only once our
// end is closed as well, so waiting for it would cost a round trip.

// errOverlapUnclear means that the reply to CWD or MLST may have come before the final
// reply to the transfer. Both may be 250 (RFC 959, section 5.4).
var errOverlapUnclear = errors.New("the final reply to a transfer may be the reply to the next command")

// overlapError judges the final reply to a transfer that other commands followed. Only
// 226 is clear: it is positive, and no other command is answered by it. With any other
// reply the next ones cannot be told apart, which is an error.
func overlapError(line string, r Reply) error {
	if r.Code == 226 {
		return nil
	}
	err := error(&Error{Op: wire.Verb(line), Class: Retry, Code: r.Code, Reply: Printable(r.Text)})
	switch {
	case r.Code == 250:
		return fmt.Errorf("%w: %w", errOverlapUnclear, err)
	case r.Code/100 != 4:
		return fmt.Errorf("%w: %w", errOutOfStep, err)
	}
	return err
}

// Overlaps reports whether [Download.FinishLater] may be used with this server.
func (s *Session) Overlaps() bool {
	return !s.serial() && s.features.Has(OverlapIsClear) && !(s.c.tls != nil && s.features.Has(WaitsForTLSClose))
}

// FinishLater ends a download that was read to its end without waiting for the final
// reply. That is read before the reply to the next command; until then Transfer.Final
// is the zero reply. See [Session.Overlaps].
func (d *Download) FinishLater() {
	if d.ended {
		return
	}
	d.ended = true
	d.Transfer.data.Close()
	d.Transfer.command.overlapped = true
	d.s.library.running = nil
	d.leave()
}

// CatchUp reads all replies that are still awaited.
func (s *Session) CatchUp(ctx context.Context) error {
	defer s.c.deadlines.Enter(ctx)()
	return s.c.readAll()
}
