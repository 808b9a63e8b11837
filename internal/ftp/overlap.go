package ftp

import (
	"context"
	"errors"
	"fmt"
)

// While the final reply to a download or a listing is still on its way, the next
// commands may go out. The server has closed its end of the data connection, so
// the transfer is over, and the reply only says how it went. Some servers send it
// when they have seen our end closed as well: waiting for it would cost a round
// trip.

// errOverlapUnclear means that a reply to CWD or MLST may have come before the
// final reply to the transfer: both may be 250 (RFC 959, section 5.4).
var errOverlapUnclear = errors.New("the final reply to a transfer may be that to the next command")

// overlapError judges the final reply to a transfer behind which commands went
// out. Unless it says that all is well, and by the code that no other command
// gets, nobody can tell whose replies the next ones are.
func overlapError(line string, r Reply) error {
	if r.Code == 226 {
		return nil
	}
	err := error(&Error{Op: verbOf(line), Class: Retry, Code: r.Code, Reply: Printable(r.Text)})
	switch {
	case r.Code == 250:
		return fmt.Errorf("%w: %w", errOverlapUnclear, err)
	case r.Code/100 != 4:
		return fmt.Errorf("%w: %w", errOutOfStep, err)
	}
	return err
}

// Overlaps reports whether commands may go out before the final reply to the
// download before them is read.
func (s *Session) Overlaps() bool {
	return !s.serial() && s.features.Has(OverlapIsClear) && !(s.c.tls != nil && s.features.Has(WaitsForTLSClose))
}

// FinishLater ends a download whose end was seen, but for the server's final
// reply: that comes before the reply to whatever is sent next. Until it has come
// Transfer.Final is the zero reply.
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

// CatchUp reads the replies that are still to come.
func (s *Session) CatchUp(ctx context.Context) error {
	defer s.c.deadlines.enter(ctx)()
	return s.c.readAll()
}
