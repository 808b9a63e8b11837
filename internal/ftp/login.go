package ftp

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/jlaffaye/ftp"
)

// openSession connects and logs in. f is nil for the first session of a pool.
// The login goes out in one piece, with a server that is known to take it so
// even before the greeting; see [pool.guess].
func (p *Pool) openSession(ctx context.Context, f *Features) (*Session, error) {
	password, err := p.password()
	if err != nil {
		return nil, &Error{Op: "asking for the password", Class: Login, Err: err}
	}
	if forbidden(p.o.User) >= 0 || forbidden(password) >= 0 {
		return nil, &Error{Op: "login", Class: Login, Err: errors.New("user or password holds a byte that cannot be sent over FTP")}
	}
	known, met := p.guess(f)
	var early, later []string
	if known != nil {
		later = loginLines(&p.o, known, password)
		if met {
			early, later = later, nil
		}
	}
	c, err := dialControl(ctx, &p.o, early)
	if err != nil {
		return nil, err
	}
	c.modes, c.traffic, c.up, c.down, c.secret = p.modes, p.traffic, p.up, p.down, password
	c.single = known == nil
	s := &Session{c: c, pool: p, features: f}
	leave := c.watch.enter(ctx)
	defer leave()
	if s.lib, err = s.library(); err == nil {
		if later != nil {
			err = c.sendAhead(later)
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
		s.features = parseFeatures(c.greeting, c.feat)
	}
	c.features = s.features
	return s, nil
}

// guess returns what a login can count on, nil for nothing: then it goes step by
// step. met says that such a login has succeeded before. A server that is new to
// us shows by its greeting that it is one before it gets a password.
func (p *Pool) guess(f *Features) (known *Features, met bool) {
	works, seen := p.known.Seen[AnswersInOrder]
	switch {
	case p.o.Pipeline == PipelineOff, f != nil && f.BatchingStopped(), f == nil && seen && !works:
		return nil, false
	case f == nil && p.known.Features != "":
		return &Features{utf8: slices.Contains(strings.Fields(p.known.Features), "UTF8")}, true
	case f == nil:
		return &Features{}, false
	}
	return f, true
}

// library gives the connection to the FTP library.
func (s *Session) library() (*ftp.ServerConn, error) {
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

// loginLines returns the whole login: the commands that the library is going to
// send, in its order, and PWD.
func loginLines(o *Options, f *Features, password string) []string {
	lines := []string{"USER " + o.User, "PASS " + password, "FEAT", "TYPE I"}
	if f.utf8 {
		lines = append(lines, "OPTS UTF8 ON")
	}
	if o.Security != Plain {
		lines = append(lines, "PBSZ 0", "PROT P")
	}
	return append(lines, "PWD")
}

// sendAhead sends lines at once, before the library thinks of them.
func (c *controlConn) sendAhead(lines []string) error {
	if err := c.send(lines...); err != nil {
		return err
	}
	c.ahead = lines
	return nil
}

// login logs in, asks for features, and sets binary type (and UTF-8, and
// protected data connections).
func (s *Session) login(password string) error {
	err := s.lib.Login(s.c.o.User, password)
	if err == nil {
		err = s.c.restOfLogin()
	}
	switch r := s.c.last; {
	case err == nil && s.c.owed == s.c.skip:
		return nil
	case err == nil:
		return &Error{Op: "login", Class: Retry, Err: errProtocol}
	case s.c.watch.context().Err() != nil || r.Code == 0:
		return s.c.broken("login", err)
	case s.c.dead && r.Code < 400:
		return s.c.broken("login", err)
	default:
		return s.loginRefused(r)
	}
}

// restOfLogin reads the replies to commands that the library did not think of.
func (c *controlConn) restOfLogin() error {
	for ; len(c.ahead) > 0; c.ahead = c.ahead[1:] {
		if err := c.unasked(c.ahead[0]); err != nil {
			return err
		}
	}
	return nil
}

// unasked reads the reply to a command of the login that the library did not
// think of.
func (c *controlConn) unasked(line string) error {
	r, err := c.final()
	if err == nil && line == fence {
		c.home, c.fences = r, r.Code == 257
	}
	return err
}

// loginRefused classes the reply that ended a login.
func (s *Session) loginRefused(r Reply) error {
	verb := s.c.verb
	e := ReplyError("login", "", Reply{r.Code, s.c.hide(r.Text)})
	switch {
	case e.Class == Busy || r.Code == 421:
	case r.Code == 332:
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
