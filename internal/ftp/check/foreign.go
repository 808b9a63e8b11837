package check

import (
	"context"
	"net"
	"net/netip"

	"ferry/internal/ftp"
	"ferry/internal/ftp/third"
	"ferry/internal/ftp/wire"
)

// What [Report.ToServers] and [Report.FromServers] say.
const (
	allowed = "allowed"
	refused = "refused"
)

// checkForeign finds out whether the server would send to another server: whether PORT may name
// an address that is not ours, and whether somebody else may connect to the port of PASV. Two
// sessions are each other's other server: one connects to the other, and both are asked for a
// listing, so that nothing is written. Where there is no second session or no PASV, or over TLS,
// only PORT is tried.
func (k *checker) checkForeign(ctx context.Context) error {
	if err := k.connect(ctx); err != nil {
		return err
	}
	at := k.session.ServerAddr()
	if !at.Is4() || at.String() == k.ownAddress() {
		return nil
	}
	other, err := k.client.Open(ctx, k.features)
	if _, tls := k.session.TLS(); err != nil || tls {
		if err == nil {
			other.Close()
		}
		return k.tryPORT(ctx, at)
	}
	defer other.Close()
	w := &Way{Sender: First, Listener: Second, one: true}
	w.try(ctx, third.Transfer{From: k.session, To: other, Send: "LIST", Keep: "LIST"}, third.Client)
	k.report.Between = w
	switch reply := w.replyTo("PORT"); {
	case reply == nil: // there is no PASV
		if err := k.connect(ctx); err != nil {
			return err
		}
		return k.tryPORT(ctx, at)
	case reply.Failed:
		k.report.ToServers, k.report.ToServersReply = refused, reply.Text
	default:
		k.report.ToServers = allowed
	}
	switch last := w.refusal(); {
	case w.Works:
		k.report.FromServers = allowed
	case last != nil && last.From == Second && w.connected():
		k.report.FromServers, k.report.FromServersReply = refused, last.Text
	}
	return nil
}

// tryPORT has the server told to connect to itself, and sends nothing.
func (k *checker) tryPORT(ctx context.Context, at netip.Addr) error {
	port, err := wire.PORT(netip.AddrPortFrom(at, 65535))
	if err != nil {
		return nil
	}
	r, err := k.session.Command(ctx, port)
	if err != nil {
		return err
	}
	switch {
	case r.OK(), r.Code == 425: // some connect at once, and nobody listens there
		k.report.ToServers = allowed
	case r.Refused():
		k.report.ToServers, k.report.ToServersReply = refused, ftp.Printable(r.String())
	}
	return nil
}

// ownAddress returns the address from which we reach the server, "" where that is not known.
func (k *checker) ownAddress() string {
	for _, trace := range k.report.Modes {
		if host, _, err := net.SplitHostPort(trace.Client); err == nil {
			return host
		}
	}
	return ""
}
