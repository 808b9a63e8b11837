package ftp

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	stdsync "sync"
	"time"
)

// A controlConn is a control connection (RFC 959, section 2.3). Each command
// that goes out on it puts what is awaited for it into a queue, and each reply
// goes to the first in that queue. So batches, transfers whose end is not
// confirmed yet, and replies that nobody needs can be under way at the same time.
//
// The FTP library speaks over it as well; see [libraryConn].
//
// One goroutine uses it at a time.
type controlConn struct {
	opts      *Options
	deadlines *deadlines
	sock      *timedConn
	conn      net.Conn // sock, or TLS on it
	br        *bufio.Reader

	tls  *tls.Config // of data connections too; nil for clear text
	leaf []byte      // the server's certificate
	// dataTLS is the state of the last data connection that ended well.
	dataTLS tls.ConnectionState

	queue       replyQueue
	serial      bool     // each command waits for the reply to the one before
	restPending bool     // the server may still have the position of an earlier REST
	earlyPort   *awaited // the reply to an EPSV that was sent early; nil: none
	dead        bool     // nothing more can be done on it
	last        Reply    // the last one that came
	greeting    string
	loginPWD        *awaited // to the PWD of the login; nil: none was sent

	transfer *Transfer // that the next data connection is for
	modes    *modeTracker
	features *Features // after the login
	traffic  *byteCount
	up, down *throttle
	drains   stdsync.WaitGroup // data connections that are being closed
	secret   string            // the password, to be hidden
}

// use makes conn the connection that commands go over.
func (c *controlConn) use(conn net.Conn) {
	c.conn = conn
	c.br = bufio.NewReaderSize(conn, maxReplyLine)
}

// send writes commands in one piece. Their replies come in the same order.
func (c *controlConn) send(commands ...*awaited) error {
	text, err := c.prepareToSend(commands)
	if err != nil {
		return err
	}
	if _, err := c.conn.Write(text); err != nil {
		c.dead = true
		return c.broken(verbOf(commands[0].line), err)
	}
	c.queue.push(commands...)
	return nil
}

// prepareToSend refuses what cannot be sent now, and returns the text of the
// commands.
func (c *controlConn) prepareToSend(commands []*awaited) ([]byte, error) {
	verb := verbOf(commands[0].line)
	if c.dead {
		return nil, &Error{Op: verb, Class: Retry, Err: net.ErrClosed}
	}
	for _, a := range commands {
		if err := CheckLine(a.line); err != nil {
			return nil, err
		}
	}
	if c.queue.len() == 0 && c.br.Buffered() > 0 {
		c.dead = true
		if r, err := readReply(c.br); err == nil && r.Code == 421 {
			c.logReply(r)
			return nil, ReplyError(verb, "", r)
		}
		return nil, &Error{Op: verb, Class: Retry, Err: fmt.Errorf("%w: a reply to nothing", errProtocol)}
	}
	var text []byte
	for _, a := range commands {
		c.logCommand(a.line)
		text = append(text, a.line+"\r\n"...)
	}
	return text, nil
}

// receive reads one reply and gives it to the command it belongs to. After an
// error the connection is of no more use.
func (c *controlConn) receive() error {
	r, err := readReply(c.br)
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

// await reads until the final reply to a has come, and with it all that come
// before.
func (c *controlConn) await(a *awaited) (Reply, error) {
	for !a.answered() {
		if err := c.receiveNext(); err != nil {
			return Reply{}, err
		}
	}
	return a.reply, a.err
}

// awaitStart reads until the server says whether it begins with a transfer: the
// preliminary reply, or a final one that refuses it.
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

// receiveNext is receive for somebody who waits for more than a server will send
// that has said 421.
func (c *controlConn) receiveNext() error {
	if c.dead && c.last.Code == 421 {
		return errGoodbye
	}
	return c.receive()
}

// errGoodbye means that the server ended the session before it answered.
var errGoodbye = errors.New("the server ended the session")

// readAll reads all replies that are still to come.
func (c *controlConn) readAll() error {
	for c.queue.len() > 0 && !c.dead {
		if err := c.receive(); err != nil {
			return err
		}
	}
	return nil
}

// alive looks whether the server has closed the connection or said goodbye
// since it was used last. It waits for nothing.
func (c *controlConn) alive() bool {
	if c.dead || c.queue.len() > 0 {
		return false
	}
	replied, err := c.replyWithin(time.Millisecond)
	if replied {
		c.receive() // into the log: it is a 421, or a reply to nothing
	}
	if replied || err != nil {
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
	c.sock.Close()
	c.drains.Wait()
}

// close says goodbye and closes the connection. All that was asked for is
// answered, and nothing depends on the reply to QUIT, so it is not waited for.
func (c *controlConn) close() {
	if !c.dead && c.queue.len() == 0 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		leave := c.deadlines.enter(ctx)
		err := c.send(&awaited{line: "QUIT"})
		leave()
		cancel()
		if conn, ok := c.conn.(*tls.Conn); ok && err == nil {
			conn.SetWriteDeadline(time.Now().Add(time.Second))
			conn.CloseWrite()
		}
	}
	c.abort()
}
