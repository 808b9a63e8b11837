package ftp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"ferry/internal/ftp/datamode"
	"ferry/internal/ftp/socket"
	"ferry/internal/ftp/wire"
)

// dialControl connects, reads the greeting and sets up TLS. The commands in early
// begin the login. They go out before the greeting has come or, with Explicit
// security, right after the TLS handshake.
func dialControl(ctx context.Context, o *Options, early []*awaited) (*controlConn, error) {
	d := net.Dialer{Timeout: o.Timeout}
	conn, err := d.DialContext(ctx, "tcp", o.Address())
	if err != nil {
		return nil, dialError(ctx, o, err)
	}
	deadlines := socket.NewDeadlines(o.Timeout)
	sock := socket.NewConn(conn, deadlines)
	c := &controlConn{opts: o, deadlines: deadlines, sock: sock, modes: &datamode.Tracker{}, traffic: &socket.Traffic{}}
	c.use(sock)
	defer deadlines.Enter(ctx)()
	if err := c.open(early); err != nil {
		c.abort()
		return nil, err
	}
	return c, nil
}

// open sets up TLS, reads the greeting and sends early.
func (c *controlConn) open(early []*awaited) error {
	if c.opts.Security == Implicit {
		if err := c.startTLS(); err != nil {
			return err
		}
	}
	greeting := &awaited{}
	c.queue.push(greeting)
	if len(early) > 0 && c.opts.Security != Explicit {
		if err := c.send(early...); err != nil {
			return err
		}
	}
	if err := c.greet(greeting); err != nil {
		return err
	}
	if c.opts.Security != Explicit {
		return nil
	}
	if err := c.authTLS(); err != nil || len(early) == 0 {
		return err
	}
	return c.send(early...)
}

// greet reads the greeting (RFC 959, section 5.4).
func (c *controlConn) greet(greeting *awaited) error {
	c.greetBy = time.Now().Add(c.deadlines.Timeout)
	r, err := c.await(greeting)
	c.greetBy = time.Time{}
	if err != nil {
		err = c.broken("waiting for the greeting of "+c.opts.Address(), err)
		var e *Error
		if errors.As(err, &e) && isTimeout(err) {
			e.Class = Connect
			if greeting.preliminary.Code != 0 {
				e.Err = &timeoutError{fmt.Sprintf("for %v the server says only %v", c.deadlines.Timeout, greeting.preliminary)}
				e.Hint = "try again later, or give the server more time with --timeout"
			} else if c.br.Buffered() == 0 {
				e.Hint = silenceHint(c.opts)
			}
		} else if e != nil && errors.Is(err, errProtocol) {
			e.Class, e.Hint = Connect, "the program that listens on this port is not an FTP server; is the port right?"
		}
		return err
	}
	if other := wire.OtherGreeting(r); other != "" {
		return c.otherService(other)
	}
	if r.Code != 220 {
		e := ReplyError("connecting to "+c.opts.Address(), "", r)
		switch {
		case wire.WantsTLS(r) && c.opts.Security == Plain:
			e.Class, e.Hint = Login, useTLS(c.opts.hostAndPort())
		case e.Class != Busy:
			e.Class = Retry
		}
		return e
	}
	c.greeting = r.Text
	return nil
}

// dialError returns the error for a control connection that could not be opened.
func dialError(ctx context.Context, o *Options, err error) error {
	op := "connecting to " + o.Address()
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", op, context.Cause(ctx))
	}
	e := &Error{Op: op, Class: Connect, Err: err}
	var dns *net.DNSError
	var ne net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Hint = "is the name spelled right?"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Hint = "nothing listens on this port; is the port right, and is the server running?"
	case errors.As(err, &ne) && ne.Timeout():
		e.Hint = "no answer; the machine may be down, or a firewall may drop the packets"
	}
	return e
}
