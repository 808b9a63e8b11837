package ftp

import (
	"context"
	"crypto/tls"
	"time"
)

// alive reports whether the connection is still open. It looks, without a wait, for
// a 421 or a closed connection since it was last used.
func (c *controlConn) alive() bool {
	if c.dead || c.queue.len() > 0 {
		return false
	}
	replied, err := c.replyWithin(time.Millisecond)
	if replied {
		c.receive() // for the log: it is a 421, or a reply without a command
	}
	if replied || err != nil {
		c.dead = true
	}
	return !c.dead
}

// abort closes the connection without QUIT, and its data connection too.
func (c *controlConn) abort() {
	c.dead = true
	if c.transfer != nil && c.transfer.data != nil {
		c.transfer.data.abort()
	}
	c.sock.Close()
	c.drains.Wait()
}

// close sends QUIT, where no reply is awaited, and closes the connection. Nothing
// depends on the reply to QUIT, so close does not wait for it.
func (c *controlConn) close() {
	if !c.dead && c.queue.len() == 0 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		leave := c.deadlines.Enter(ctx)
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
