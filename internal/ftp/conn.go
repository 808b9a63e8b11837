package ftp

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	stdsync "sync"
	"time"

	"ferry/internal/ftp/datamode"
	"ferry/internal/ftp/socket"
	"ferry/internal/ftp/wire"
)

// A controlConn is a control connection (RFC 959, section 2.3). Each command that
// is sent adds an entry to the queue of awaited replies, and each reply goes to the
// first entry of that queue. So batches, transfers without their final reply, and
// commands whose replies nobody needs can be under way at the same time.
//
// The FTP library uses the connection as well; see [libraryConn].
//
// Only one goroutine may use it at a time.
type controlConn struct {
	opts      *Options
	deadlines *socket.Deadlines
	sock      *socket.Conn
	conn      net.Conn // sock, or TLS on it
	br        *bufio.Reader

	tls  *tls.Config // of data connections too; nil for clear text
	leaf []byte      // the server's certificate, in DER
	// dataTLS is the TLS state of the last data connection that ended well.
	dataTLS tls.ConnectionState

	queue       replyQueue
	serial      bool      // each command waits for the reply to the one before
	restPending bool      // the server may still have the position of an earlier REST
	deflates    bool      // the server is in MODE Z
	earlyPort   *awaited  // the reply to an EPSV that was sent early; nil: none
	dead        bool      // it cannot be used any more
	wandered    bool      // the working directory may be another one than after the login
	greetBy     time.Time // when the greeting must have come; the zero time afterwards
	last        Reply     // the last one that was read
	greeting    string
	loginPWD    *awaited // the reply to the PWD of the login; nil: it was not sent
	loginUSER   *awaited // the same for USER

	transfer  *Transfer // the current one
	modes     *datamode.Tracker
	features  *Features       // after the login
	traffic   *socket.Traffic // of all sessions
	busySince time.Time       // when the last transfer began; zero: it has rested since
	up, down  *socket.Throttle
	drains    stdsync.WaitGroup // data connections that are being closed
	secret    string            // the password, which the log must not show
}

// use makes conn, which is sock or TLS over it, the connection for commands.
func (c *controlConn) use(conn net.Conn) {
	c.conn = conn
	c.br = bufio.NewReaderSize(conn, wire.MaxReplyLine)
}

// send writes commands in one piece and adds them to the queue.
func (c *controlConn) send(commands ...*awaited) error {
	text, err := c.prepareToSend(commands)
	if err != nil {
		return err
	}
	if _, err := c.conn.Write(text); err != nil {
		c.dead = true
		return c.broken(wire.Verb(commands[0].line), err)
	}
	c.queue.push(commands...)
	return nil
}

// prepareToSend checks that the commands can be sent, logs them, and returns their
// text. It fails where the server has sent a reply that no command awaits.
func (c *controlConn) prepareToSend(commands []*awaited) ([]byte, error) {
	verb := wire.Verb(commands[0].line)
	if c.dead {
		return nil, &Error{Op: verb, Class: Retry, Err: net.ErrClosed}
	}
	var text []byte
	for _, a := range commands {
		line, err := c.encode(a.line)
		if err != nil {
			return nil, err
		}
		text = append(text, line+"\r\n"...)
	}
	if c.queue.len() == 0 && c.br.Buffered() > 0 {
		c.dead = true
		if r, err := wire.ReadReply(c.br); err == nil && r.Code == 421 {
			c.logReply(r)
			return nil, ReplyError(verb, "", r)
		}
		return nil, &Error{Op: verb, Class: Retry, Err: fmt.Errorf("%w: a reply without a command", errProtocol)}
	}
	for _, a := range commands {
		c.logCommand(a.line)
		c.wandered = c.wandered || wire.Verb(a.line) == "CWD"
	}
	return text, nil
}

// receive reads one reply and hands it to the command that it belongs to. After an
// error the connection is dead.
func (c *controlConn) receive() error {
	r, err := c.readInTime()
	if err != nil {
		c.dead = true
		return err
	}
	c.logReply(r)
	c.last = r
	err = c.queue.take(r, time.Now())
	if err != nil || r.Code == 421 {
		c.dead = true
	}
	return err
}

// await reads replies until the final one to a has come. Those that come before it
// go to their own commands.
func (c *controlConn) await(a *awaited) (Reply, error) {
	for !a.answered() {
		if err := c.receiveNext(); err != nil {
			return Reply{}, err
		}
	}
	return a.reply, a.err
}

// awaitStart reads replies until the server has said whether it begins the transfer
// of command a. It returns the preliminary reply, or the final one that refuses.
func (c *controlConn) awaitStart(a *awaited) (Reply, error) {
	for a.preliminary.Code == 0 && !a.answered() {
		if err := c.receiveNext(); err != nil {
			return Reply{}, err
		}
	}
	if a.preliminary.Code != 0 {
		return a.preliminary, nil
	}
	return a.reply, a.err
}

// receiveNext is receive, but fails after a 421: the server sends nothing more.
func (c *controlConn) receiveNext() error {
	if c.dead && c.last.Code == 421 {
		return errGoodbye
	}
	return c.receive()
}

// errGoodbye means that the server ended the session before it answered.
var errGoodbye = errors.New("the server ended the session")

// readAll reads the replies to all commands that were sent.
func (c *controlConn) readAll() error {
	for c.queue.len() > 0 && !c.dead {
		if err := c.receive(); err != nil {
			return err
		}
	}
	return nil
}
