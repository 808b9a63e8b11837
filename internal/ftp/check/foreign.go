package check

import (
	"context"
	"net"
	"net/netip"

	"ferry/internal/ftp"
	"ferry/internal/ftp/wire"
)

// What [Report.ToServers] says.
const (
	allowed = "allowed"
	refused = "refused"
)

// checkForeign finds out whether the server would send to another server: whether PORT may name
// an address that is not ours. It names the server's own, and nothing is sent. Whether it takes
// what another server sends cannot be found out without one.
func (k *checker) checkForeign(ctx context.Context) error {
	if err := k.connect(ctx); err != nil {
		return err
	}
	at := k.session.ServerAddr()
	if !at.Is4() || at.String() == k.ownAddress() {
		return nil
	}
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
