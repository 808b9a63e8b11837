package ftp

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	stdsync "sync"
	"syscall"
	"time"
)

// A control is the control connection. It lies beneath the FTP library, as the
// net.Conn that its dial function returns, and hands it one whole reply at a
// time; between calls of the library, commands of our own go over the same
// connection. The library's commands for data connections end here: the control
// answers EPSV by itself and opens the data connection in the way that works
// for this server when the transfer command comes (see transfer.go).
//
// One goroutine uses it at a time.
type controlConn struct {
	o     *Options
	watch *deadlines
	wire  *timedConn
	conn  net.Conn // the wire, or TLS on it
	br    *bufio.Reader

	tls  *tls.Config // of data connections too; nil for clear text
	leaf []byte      // the server's certificate
	// dataTLS is the state of the last data connection that ended well.
	dataTLS tls.ConnectionState

	owed       int       // replies that are still to come
	overlapped *Transfer // is over but for its final reply, which comes before all others
	skip       int       // replies that come next and tell nothing
	rested     bool      // the server may have the position of an earlier transfer
	single     bool      // a command goes out when the one before was answered
	fences     bool      // the server answers PWD as it should
	dead       bool      // nothing more can be done on it
	last       Reply     // the last one that came
	port       Reply     // to EPSV, asked for ahead of the transfer; the zero reply: none
	portAt     time.Time // when it came

	// What belongs to the library.
	toLibrary bytes.Buffer
	line      []byte   // a command not yet whole
	verb      string   // of its last command
	ahead     []string // commands sent before the library thought of them
	feat      Reply
	greeting  string
	home      Reply     // to PWD, where the login asked for it
	started   *Transfer // whose final reply the library waits for

	transfer *Transfer // that the next data connection is for
	modes    *modeTracker
	features *Features // after the login
	traffic  *byteCount
	up, down *throttle
	drains   stdsync.WaitGroup // data connections that are being closed
	secret   string            // the password, to be hidden
}

// dialControl connects, reads the greeting and sets up TLS. The greeting is
// handed to the library once more. The commands in early, if any, go out without
// waiting for the greeting, but for AUTH TLS.
func dialControl(ctx context.Context, o *Options, early []string) (*controlConn, error) {
	d := net.Dialer{Timeout: o.Timeout}
	conn, err := d.DialContext(ctx, "tcp", o.Address())
	if err != nil {
		return nil, dialError(ctx, o, err)
	}
	w := newDeadlines(o.Timeout)
	wi := newTimedConn(conn, w)
	c := &controlConn{o: o, watch: w, wire: wi, modes: &modeTracker{}, traffic: &byteCount{}}
	c.use(wi)
	leave := w.enter(ctx)
	defer leave()
	if err := c.open(early); err != nil {
		c.abort()
		return nil, err
	}
	return c, nil
}

func (c *controlConn) use(conn net.Conn) {
	c.conn = conn
	c.br = bufio.NewReaderSize(conn, maxReplyLine)
}

// open does what comes before the login.
func (c *controlConn) open(early []string) error {
	if c.o.Security == Implicit {
		if err := c.startTLS(); err != nil {
			return err
		}
	}
	c.owed = 1 // the greeting
	if len(early) > 0 && c.o.Security != Explicit {
		if err := c.sendAhead(early); err != nil {
			return err
		}
	}
	greeting, err := c.greet()
	if err != nil {
		return err
	}
	c.greeting = greeting.Text
	if c.o.Security == Explicit {
		if err := c.authTLS(); err != nil {
			return err
		}
		if len(early) > 0 {
			if err := c.sendAhead(early); err != nil {
				return err
			}
		}
	}
	c.toLibrary.Write(greeting.format())
	return nil
}

func (c *controlConn) greet() (Reply, error) {
	r, err := c.final()
	if err != nil {
		err = c.broken("waiting for the greeting of "+c.o.Address(), err)
		var e *Error
		if errors.As(err, &e) && errors.Is(err, os.ErrDeadlineExceeded) || e != nil && e.Err != nil && isSilence(e.Err) {
			e.Class = Connect
			if c.o.Security != Implicit {
				e.Hint = "something listens there but says nothing; if it expects TLS from the first byte, use ftps://"
			}
		} else if e != nil && errors.Is(err, errProtocol) {
			e.Class, e.Hint = Connect, "what listens there is no FTP server; is the port right?"
		}
		return r, err
	}
	if r.Code != 220 {
		e := ReplyError("connecting to "+c.o.Address(), "", r)
		if e.Class != Busy {
			e.Class = Retry
		}
		return r, e
	}
	return r, nil
}

func isSilence(err error) bool {
	var s *silence
	return errors.As(err, &s)
}

// dialError classes a connection that did not come about.
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
		e.Hint = fmt.Sprintf("no machine has the name %q; is it spelled right?", o.Host)
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Hint = "nothing listens there; is the port right and the server running?"
	case errors.As(err, &ne) && ne.Timeout():
		e.Hint = "no answer at all; the machine may be down, or a firewall may swallow the packets"
	}
	return e
}

// send writes commands in one piece.
func (c *controlConn) send(lines ...string) error {
	text, err := c.prepareToSend(lines)
	if err != nil {
		return err
	}
	if _, err := c.conn.Write(text); err != nil {
		c.dead = true
		return c.broken(verbOf(lines[0]), err)
	}
	c.owed += len(lines)
	return nil
}

// next reads the next reply, a preliminary one too. The final reply of a transfer
// that is over goes to that.
func (c *controlConn) next() (Reply, error) {
	if c.overlapped != nil {
		if err := c.finishOverlapped(); err != nil {
			return Reply{}, err
		}
	}
	if err := c.shed(); err != nil {
		return Reply{}, err
	}
	return c.read()
}

// shed reads the replies that tell nothing.
func (c *controlConn) shed() error {
	for c.skip > 0 && !c.dead {
		r, err := c.read()
		if err != nil {
			return err
		}
		if !r.Preliminary() {
			c.skip--
		}
	}
	return nil
}

func (c *controlConn) read() (Reply, error) {
	r, err := readReply(c.br)
	if err != nil {
		c.dead = true
		return r, err
	}
	c.logReply(r)
	c.last = r
	if !r.Preliminary() {
		c.owed--
	}
	if r.Code == 421 {
		c.dead = true
	}
	return r, nil
}

// final reads the next reply that is no preliminary one.
func (c *controlConn) final() (Reply, error) {
	for {
		if r, err := c.next(); err != nil || !r.Preliminary() {
			return r, err
		}
	}
}

// awaits waits up to limit for the first byte of a reply, and consumes nothing.
// Without one it returns false.
func (c *controlConn) awaits(limit time.Duration) (bool, error) {
	c.wire.limit.Store(int64(limit))
	defer c.wire.limit.Store(0)
	_, err := c.br.Peek(1)
	if errors.Is(err, os.ErrDeadlineExceeded) && c.watch.context().Err() == nil {
		return false, nil
	}
	return err == nil, err
}

// repliesBefore waits for the first byte of a reply or for done, and consumes
// nothing. It reports whether a reply has come.
func (c *controlConn) repliesBefore(done <-chan struct{}) (bool, error) {
	peeked := make(chan error, 1)
	go func() {
		_, err := c.br.Peek(1)
		peeked <- err
	}()
	select {
	case err := <-peeked:
		return err == nil, err
	case <-done:
	}
	c.wire.wakeReader()
	defer c.wire.limit.Store(0)
	err := <-peeked
	if errors.Is(err, os.ErrDeadlineExceeded) && c.watch.context().Err() == nil {
		return false, nil
	}
	return err == nil, err
}

// alive looks whether the server has closed the connection or said goodbye
// since it was used last. It waits for nothing.
func (c *controlConn) alive() bool {
	if c.dead || c.owed != 0 {
		return false
	}
	came, err := c.awaits(time.Millisecond)
	if came {
		c.next() // into the log: it is a 421, or a reply to nothing
	}
	if came || err != nil {
		c.dead = true
	}
	return !c.dead
}

// abort closes the connection without ceremony.
func (c *controlConn) abort() {
	c.dead = true
	if c.transfer != nil && c.transfer.data != nil {
		c.transfer.data.abort()
	}
	c.wire.Close()
	c.drains.Wait()
}

func (c *controlConn) logCommand(line string) {
	if c.o.Log.Enabled(context.Background(), LevelDialogue) {
		c.o.Log.Log(context.Background(), LevelDialogue, "> "+c.hide(line), slog.String("local", c.wire.LocalAddr().String()))
	}
}

func (c *controlConn) logReply(r Reply) {
	if c.o.Log.Enabled(context.Background(), LevelDialogue) {
		c.o.Log.Log(context.Background(), LevelDialogue, "< "+c.hide(r.String()), slog.String("local", c.wire.LocalAddr().String()))
	}
}

// hide returns a line of the dialogue without its secrets.
func (c *controlConn) hide(line string) string {
	switch strings.ToUpper(verbOf(line)) {
	case "PASS", "ACCT":
		return verbOf(line) + " ***"
	}
	if len(c.secret) > 3 {
		line = strings.ReplaceAll(line, c.secret, "***")
	}
	return line
}

func verbOf(line string) string {
	verb, _, _ := strings.Cut(line, " ")
	return verb
}
