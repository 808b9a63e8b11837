package ftp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/jlaffaye/ftp"

	"ferry/internal/ftp/wire"
)

// openSession connects and logs in. f is nil for the first session. The
// login goes out in one piece where that is possible, and before the greeting has
// come where it has worked before; see [Client.expectedFeatures].
func (client *Client) openSession(ctx context.Context, f *Features) (*Session, error) {
	password, err := client.password()
	if err != nil {
		return nil, &Error{Op: "asking for the password", Class: Login, Err: err}
	}
	if wire.Forbidden(client.o.User) >= 0 || wire.Forbidden(password) >= 0 {
		return nil, &Error{Op: "login", Class: Login, Err: errors.New("user or password contains a byte that cannot be sent over FTP")}
	}
	expected, proven := client.expectedFeatures(f)
	if _, err := client.o.Charset.Encode(client.o.User + password); err != nil {
		return nil, &Error{Op: "login", Class: Login, Err: fmt.Errorf("user or password has a character that %s lacks", client.o.Charset.Name()),
			Hint: "is encoding right?"}
	}
	var lines, beforeGreeting, afterGreeting []*awaited
	if expected != nil {
		lines = loginCommands(&client.o, expected, password)
		if afterGreeting = lines; proven {
			beforeGreeting, afterGreeting = lines, nil
		}
	}
	c, err := dialControl(ctx, &client.o, beforeGreeting)
	if err != nil {
		return nil, err
	}
	c.modes, c.traffic, c.up, c.down, c.secret = client.modes, client.traffic, client.up, client.down, password
	c.serial = expected == nil
	if len(lines) > 0 {
		c.loginUSER, c.loginPWD = lines[0], lines[len(lines)-1]
	}
	s := &Session{c: c, features: f, library: &libraryConn{c: c, sentEarly: lines}}
	defer c.deadlines.Enter(ctx)()
	if err := s.login(afterGreeting, password); err != nil {
		c.abort()
		return nil, err
	}
	if f == nil {
		s.features = parseFeatures(c.greeting, s.library.feat)
	}
	c.features = s.features
	if err := s.askForModes(lines); err != nil {
		c.abort()
		return nil, err
	}
	return s, nil
}

// expectedFeatures returns the features that a login in one piece may expect; nil means
// that the login must wait for each reply. proven says that such a login has worked
// before. Without that, the login waits for the greeting: what listens on the port must
// show that it is an FTP server before it gets the password.
func (client *Client) expectedFeatures(f *Features) (expected *Features, proven bool) {
	works, known := client.known.Seen[AnswersInOrder]
	switch {
	case client.o.Pipeline == PipelineOff, f != nil && f.BatchingStopped(), f == nil && known && !works:
		return nil, false
	case f == nil && client.known.Features != "":
		return &Features{utf8: slices.Contains(strings.Fields(client.known.Features), "UTF8"), showModes: client.known.ShowModes}, true
	case f == nil:
		return &Features{}, false
	}
	return f, true
}

// dialLibrary makes the FTP library use the connection.
func (s *Session) dialLibrary() (err error) {
	s.library.replies.Write(Reply{Code: 220, Text: s.c.greeting}.Format())
	dialed := false
	dial := func(network, address string) (net.Conn, error) {
		if !dialed {
			dialed = true
			return s.library, nil
		}
		return s.c.dialData()
	}
	// Where names are in another encoding, the server must not be told to speak UTF-8.
	options := []ftp.DialOption{ftp.DialWithDialFunc(dial), ftp.DialWithDisabledUTF8(s.c.opts.Charset.Converts())}
	if s.c.tls != nil {
		options = append(options, ftp.DialWithTLS(s.c.tls)) // the library then sends PBSZ and PROT P; the TLS connections are ours
	}
	if s.lib, err = ftp.Dial(s.c.opts.Address(), options...); err != nil {
		return s.c.broken("connecting to "+s.c.opts.Address(), err)
	}
	return nil
}

// loginCommands returns the whole login: the commands of the library, in its order, the
// one that asks for modes, and PWD.
func loginCommands(o *Options, f *Features, password string) []*awaited {
	lines := []string{"USER " + o.User, "PASS " + password, "FEAT", "TYPE I"}
	if f.utf8 && !o.Charset.Converts() {
		lines = append(lines, "OPTS UTF8 ON")
	}
	if f.showModes != "" {
		lines = append(lines, f.showModes)
	}
	if o.Security != Plain {
		lines = append(lines, "PBSZ 0", "PROT P")
	}
	return expectAll(append(lines, batchEnd), nil)
}

// login logs in, asks for the features, and sets binary type, UTF-8 and, under TLS, the
// protection of data connections. afterGreeting holds the commands of the login that
// go out in one piece now.
func (s *Session) login(afterGreeting []*awaited, password string) error {
	err := s.dialLibrary()
	if err == nil && len(afterGreeting) > 0 {
		err = s.c.send(afterGreeting...)
	}
	if err != nil {
		return err
	}
	if err = s.lib.Login(s.c.opts.User, password); err == nil {
		err = s.restOfLogin()
	}
	switch r := s.c.last; {
	case err == nil:
		return nil
	case s.c.deadlines.Context().Err() != nil || r.Code == 0, s.c.dead && r.Code < 400:
		return s.c.broken("login", err)
	default:
		return s.loginRefused(r)
	}
}

// userReply returns the reply to USER, where the login went out in one piece: some servers
// say there what they want, and no more than 530 to PASS.
func (c *controlConn) userReply() Reply {
	if c.loginUSER == nil {
		return Reply{}
	}
	return c.loginUSER.reply
}

// restOfLogin reads the replies to the commands that went out with the login but that
// the library did not send. PWD is the last of them.
func (s *Session) restOfLogin() error {
	s.library.sentEarly = nil
	if s.c.loginPWD == nil {
		return nil
	}
	_, err := s.c.await(s.c.loginPWD)
	return err
}

// canEndBatch reports whether the server answered PWD as RFC 959 requires, so that PWD
// can end a batch.
func (s *Session) canEndBatch() bool { return s.c.loginPWD != nil && s.c.loginPWD.reply.Code == 257 }

// loginRefused returns the error for a login that ended with reply r.
func (s *Session) loginRefused(r Reply) error {
	verb := s.library.verb
	e := ReplyError("login", "", Reply{Code: r.Code, Text: s.c.hide(r.Text)})
	switch {
	case s.c.opts.Security == Plain && (wire.WantsTLS(r) || wire.WantsTLS(s.c.userReply())):
		e.Class, e.Hint = Login, useTLS(s.c.opts.hostAndPort())
	case e.Class == Busy || r.Code == 421:
	case !r.Refused() && r.Code != 332 && !s.c.serial:
		// Some servers let a refused PASS wait and answer FEAT before it. The next login
		// goes step by step, and shows what is wrong.
		e.Class, e.Err = Retry, errOutOfStep
	case r.Code == 332:
		e.Class, e.Hint = Server, "the server asks for an account (ACCT) besides user and password, which ferry does not support"
	case verb == "USER" || verb == "PASS":
		e.Class = Login
		e.Hint = "is the password right, and may this user log in?"
		if s.c.opts.Security == Plain {
			e.Hint = "is the password right, may this user log in, and does the server want TLS (ftpes://)?"
		}
	case verb == "PROT":
		e.Class, e.Hint = Server, "the server cannot protect data connections, and ferry sends nothing in clear text when TLS is asked for"
	case verb == "TYPE":
		e.Class, e.Hint = Server, "the server refuses binary type, so it cannot transfer files unchanged"
	default:
		e.Class = Server
	}
	return e
}
