package third

import (
	"context"
	"errors"

	"ferry/internal/ftp"
)

// Over TLS each server waits for the other one to begin the handshake, as clients do. SSCN ON and
// CPSV have a server begin it. Hardly any checks the certificate of the other one: whoever sits
// between the two can read the data, and alter them. So it is done only where it was asked for, and
// the caller has to compare hashes that both servers tell.

// A Mode says when files go directly.
type Mode uint8

// The modes.
const (
	Auto Mode = iota // where neither server is reached over TLS
	On               // over TLS as well
	Off              // never
)

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *Mode) UnmarshalText(text []byte) error {
	modes := map[string]Mode{"auto": Auto, "on": On, "off": Off}
	mode, ok := modes[string(text)]
	if !ok {
		return errors.New("must be auto, on or off")
	}
	*m = mode
	return nil
}

// nobody begins a TLS handshake.
const nobody = Client

// ways returns how the transfer may go, the best first. why says that it may not go at all.
func (t Transfer) ways() (ways []way, why string) {
	_, from := t.From.TLS()
	_, to := t.To.TLS()
	switch {
	case !from && !to:
		return []way{{false, nobody}, {true, nobody}}, ""
	case from != to:
		return nil, "only one of the two is reached over TLS"
	case !t.AllowTLS:
		return nil, "over TLS the servers do not check each other's certificates (--direct on sends all the same)"
	}
	// A client that sends, and closes without having read the session tickets of TLS 1.3, resets the
	// connection, and the end of the file is lost. So the target is the client where it can be.
	for _, w := range []way{{false, Target}, {false, Source}, {true, Target}, {true, Source}} {
		if t.session(w.hello).Features().Offers("SSCN") || t.byCPSV(w) {
			ways = append(ways, w)
		}
	}
	if ways == nil {
		return nil, "neither server has SSCN or CPSV, by which one is the TLS client of the other"
	}
	return ways, ""
}

// Hellos returns who may begin the TLS handshake where the source listens or the target does, the
// best first.
func (t Transfer) Hellos(sourceListens bool) (hellos []Party) {
	ways, _ := t.ways()
	for _, w := range ways {
		if w.sourceListens == sourceListens {
			hellos = append(hellos, w.hello)
		}
	}
	if hellos == nil {
		return []Party{nobody} // which says why
	}
	return hellos
}

// OverTLS reports whether the target is reached over TLS. Then the source is, too, or nothing goes.
func (t Transfer) OverTLS() bool {
	_, tls := t.To.TLS()
	return tls
}

// session returns the session of a server.
func (t Transfer) session(p Party) *ftp.Session {
	if p == Source {
		return t.From
	}
	return t.To
}

// byCPSV reports whether CPSV has the right server begin the handshake. It counts for one transfer.
func (t Transfer) byCPSV(w way) bool {
	return w.hello == w.listener() && t.session(w.hello).Features().Offers("CPSV")
}

// takeRoles has both servers encrypt the data, and one of them begin the handshake. ask is the
// command that has the other one's port opened.
func (t Transfer) takeRoles(ctx context.Context, w way) (ask, refusal string) {
	if w.hello == nobody {
		return "PASV", ""
	}
	for _, s := range []*ftp.Session{t.From, t.To} {
		if r, err := t.command(ctx, s, "PROT P"); err != nil || !r.OK() {
			return "", said(s, "PROT P", r, err)
		}
	}
	if t.byCPSV(w) {
		return "CPSV", ""
	}
	s := t.session(w.hello)
	if r, err := t.command(ctx, s, "SSCN ON"); err != nil || !r.OK() {
		return "", said(s, "SSCN ON", r, err)
	}
	return "PASV", ""
}

// leaveRoles has the server wait for handshakes again that began one. A session whose server does
// not is of no more use.
func (t Transfer) leaveRoles(ctx context.Context, w way) {
	s := t.session(w.hello)
	if w.hello == nobody || t.byCPSV(w) || s.Dead() {
		return
	}
	if r, err := t.command(ctx, s, "SSCN OFF"); err != nil || !r.OK() {
		s.GiveUp()
	}
}
