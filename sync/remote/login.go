package remote

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/jlaffaye/ftp"
)

// openSession connects and logs in. f is nil for the first session of a pool. It
// goes step by step with a server that is new to us; where it is known what the
// server will say, the whole login is sent in one piece.
func (p *pool) openSession(ctx context.Context, f *features) (*session, error) {
	password, err := p.password()
	if err != nil {
		return nil, &Error{Op: "asking for the password", Class: Login, Err: err}
	}
	if forbidden(p.o.User) >= 0 || forbidden(password) >= 0 {
		return nil, &Error{Op: "login", Class: Login, Err: errors.New("user or password holds a byte that cannot be sent over FTP")}
	}
	c, err := dialControl(ctx, &p.o)
	if err != nil {
		return nil, err
	}
	c.book, c.traffic, c.up, c.down, c.secret = p.book, p.traffic, p.up, p.down, password
	s := &session{c: c, pool: p, f: f}
	leave := c.watch.enter(ctx)
	defer leave()
	if s.lib, err = s.library(); err == nil {
		if known := p.guess(f); known != nil {
			err = c.sendAhead(known, password)
		}
		if err == nil {
			err = s.login(password)
		}
	}
	if err != nil {
		c.abort()
		return nil, err
	}
	if f == nil {
		s.f = parseFeatures(c.greeting, c.feat)
	}
	return s, nil
}

// guess returns what a login can count on, nil for nothing.
func (p *pool) guess(f *features) *features {
	switch {
	case f != nil && f.stumbles():
		return nil
	case f == nil && p.known.Features != "":
		return &features{utf8: slices.Contains(strings.Fields(p.known.Features), "UTF8")}
	}
	return f
}

// library gives the connection to the FTP library.
func (s *session) library() (*ftp.ServerConn, error) {
	given := false
	dial := func(network, address string) (net.Conn, error) {
		if !given {
			given = true
			return s.c, nil
		}
		return s.c.dialData()
	}
	options := []ftp.DialOption{ftp.DialWithDialFunc(dial)}
	if s.c.tls != nil {
		options = append(options, ftp.DialWithTLS(s.c.tls)) // it sends PBSZ and PROT P at login; TLS is ours
	}
	lib, err := ftp.Dial(s.c.o.Address(), options...)
	if err != nil {
		return nil, s.c.broken("connecting to "+s.c.o.Address(), err)
	}
	return lib, nil
}

// sendAhead sends the whole login at once: the commands that the library is
// going to send, in its order.
func (c *control) sendAhead(f *features, password string) error {
	lines := []string{"USER " + c.o.User, "PASS " + password, "FEAT", "TYPE I"}
	if f.utf8 {
		lines = append(lines, "OPTS UTF8 ON")
	}
	if c.tls != nil {
		lines = append(lines, "PBSZ 0", "PROT P")
	}
	if err := c.send(lines...); err != nil {
		return err
	}
	c.ahead = lines
	return nil
}

// login logs in, asks for features, and sets binary type (and UTF-8, and
// protected data connections).
func (s *session) login(password string) error {
	err := s.lib.Login(s.c.o.User, password)
	switch r := s.c.last; {
	case err == nil && s.c.owed == 0:
		return nil
	case err == nil:
		return &Error{Op: "login", Class: Retry, Err: errProtocol}
	case s.c.watch.context().Err() != nil || r.code == 0:
		return s.c.broken("login", err)
	case s.c.dead && r.code < 400:
		return s.c.broken("login", err)
	default:
		return s.loginRefused(r)
	}
}

// loginRefused classes the reply that ended a login.
func (s *session) loginRefused(r reply) error {
	verb := s.c.verb
	e := replyError("login", "", reply{r.code, s.c.hide(r.text)})
	switch {
	case e.Class == Busy || r.code == 421:
	case r.code == 332:
		e.Class, e.Hint = Server, "the server wants an account besides user and password, which ferry does not know"
	case verb == "USER" || verb == "PASS":
		e.Class = Login
		e.Hint = "is the password right, and may this user log in?"
		if s.c.o.Security == Plain {
			e.Hint = "is the password right, may this user log in, and does the server want TLS (ftpes://)?"
		}
	case verb == "PROT":
		e.Class, e.Hint = Server, "the server cannot protect data connections, and ferry sends nothing in clear text once TLS is asked for"
	case verb == "TYPE":
		e.Class, e.Hint = Server, "the server cannot transfer files unchanged"
	default:
		e.Class = Server
	}
	return e
}
