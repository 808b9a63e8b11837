package third

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"

	"ferry/internal/ftp"
	"ferry/internal/ftp/wire"
)

// A pair is a transfer that both servers have begun.
type pair struct {
	from, to *ftp.FarTransfer
	way      way
}

// begin has both servers begin the transfer in way w. refusal says in what way they do not do
// that, and would not do for another file either. Where the error wraps ErrHere, nothing was sent.
func (t Transfer) begin(ctx context.Context, w way) (p *pair, refusal string, err error) {
	listens, calls := t.To, t.From
	listen, call := cmp.Or(t.Keep, "STOR "+t.ToPath), cmp.Or(t.Send, "RETR "+t.FromPath)
	if w.sourceListens {
		listens, calls, listen, call = calls, listens, call, listen
	}
	defer func() {
		if err != nil {
			t.leaveRoles(ctx, w)
		}
	}()
	port, refusal := t.agree(ctx, w, listens, calls)
	if refusal != "" {
		return nil, refusal, t.here(refusal)
	}
	// The server that calls goes first: if it refuses, the other one has begun nothing. The
	// system takes its connection for the other server. Only where that would lose what comes
	// early, and over TLS, where it may speak only after the handshake, the other one begins to
	// wait before.
	var called, listened *ftp.FarTransfer
	listenFirst := w.hello != nobody || !w.sourceListens && listens.Features().Has(ftp.LosesEarlyData)
	if listenFirst {
		if listened, err = t.send(ctx, listens, listen); err != nil {
			return nil, "", err
		}
	}
	called, err = t.send(ctx, calls, call)
	var r ftp.Reply
	if err == nil {
		r, err = called.Started(ctx)
		t.connected(calls, listens, port, r, err)
		t.replied(calls, r, err)
	}
	if err == nil && r.Refused() {
		if listenFirst {
			listens.GiveUp()
		}
		if speaksOfConnection(r) {
			refusal = fmt.Sprintf("%s: %s", calls.ServerAddr(), r)
		}
		return nil, refusal, t.here(r.String())
	}
	if err == nil && !listenFirst {
		listened, err = t.send(ctx, listens, listen)
	}
	if err == nil {
		r, err = listened.Started(ctx)
		t.replied(listens, r, err)
	}
	if err == nil && r.Refused() {
		if speaksOfConnection(r) {
			refusal = fmt.Sprintf("%s: %s", listens.ServerAddr(), r)
		}
		// What was called for never comes, or is cut off.
		if _, ended, _ := called.Ended(ctx, endWait); !ended {
			calls.GiveUp()
			listens.GiveUp()
		}
		return nil, refusal, t.here(r.String())
	}
	if err != nil {
		calls.GiveUp()
		listens.GiveUp()
		return nil, "", err
	}
	if w.sourceListens {
		return &pair{from: listened, to: called, way: w}, "", nil
	}
	return &pair{from: called, to: listened, way: w}, "", nil
}

func (t Transfer) here(why string) error { return fmt.Errorf("%w: %s", ErrHere, why) }

// agree tells both servers where the data connection is: at that port of the server that listens.
// It returns why they do not take it; "": they do.
func (t Transfer) agree(ctx context.Context, w way, listens, calls *ftp.Session) (port uint16, refusal string) {
	if ways, why := t.ways(); !slices.Contains(ways, w) {
		return 0, cmp.Or(why, "one of them is no TLS client any more")
	}
	if !listens.ServerAddr().Is4() || !calls.ServerAddr().Is4() {
		return 0, "one of them is reached over IPv6, and PORT has no room for its address"
	}
	if !reaches(calls.ServerAddr(), listens.ServerAddr()) {
		return 0, fmt.Sprintf("%s may not be the same address to %s", listens.ServerAddr(), calls.ServerAddr())
	}
	ask, refusal := t.takeRoles(ctx, w)
	if refusal != "" {
		return 0, refusal
	}
	r, err := t.command(ctx, listens, ask)
	if err != nil || r.Code != 227 {
		return 0, said(listens, ask, r, err)
	}
	at, err := wire.ParsePASV(r.Text)
	if err != nil {
		return 0, said(listens, ask, r, err)
	}
	if at.Port() < 1024 { // services have those, as 25 mail: nobody is sent to them
		return 0, said(listens, ask, r, nil) + ", a port of a service"
	}
	// Only the port counts: who names another address could have a server connect anywhere.
	line, err := wire.PORT(netip.AddrPortFrom(listens.ServerAddr(), at.Port()))
	if err != nil {
		return 0, err.Error()
	}
	if r, err = t.command(ctx, calls, line); err != nil || !r.OK() {
		return 0, said(calls, "PORT", r, err)
	}
	return at.Port(), ""
}

func said(s *ftp.Session, command string, r ftp.Reply, err error) string {
	if err != nil {
		return fmt.Sprintf("%s: %s: %v", s.ServerAddr(), command, err)
	}
	return fmt.Sprintf("%s answers %s with %s", s.ServerAddr(), command, r)
}

// speaksOfConnection reports whether a refusal of RETR or STOR is about the data connection, and
// not about the file.
func speaksOfConnection(r ftp.Reply) bool {
	return slices.Contains([]int{421, 425, 426, 500, 501, 502, 504, 521, 522, 534}, r.Code)
}
