package ftp

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// This file is the side of a control that faces the FTP library: a net.Conn.

var _ net.Conn = (*controlConn)(nil)

// Read hands out the reply that the library waits for. It never gives more
// than one, so that the library holds nothing back between its calls.
func (c *controlConn) Read(p []byte) (int, error) {
	if c.toLibrary.Len() == 0 {
		r, err := c.reply()
		if err != nil {
			return 0, err
		}
		c.toLibrary.Write(r.format())
	}
	return c.toLibrary.Read(p)
}

// reply reads the reply for the library's last command.
func (c *controlConn) reply() (Reply, error) {
	if t := c.started; t != nil {
		c.started = nil
		return t.finish(c)
	}
	r, err := c.final()
	if err != nil {
		return r, err
	}
	switch c.verb {
	case "FEAT":
		c.feat = r
	case "OPTS", "PBSZ":
		// The library gives up the login where these are refused. UTF-8 may be on
		// all the same (RFC 2640), and the buffer size means nothing for TLS (RFC
		// 4217, section 8).
		if r.Refused() && !c.dead {
			r = Reply{200, "going on without"}
		}
	case "PROT":
		// A server that speaks TLS from the first byte may know no PROT: its data
		// connections are TLS as well.
		if r.Refused() && !c.dead && c.o.Security == Implicit {
			r = Reply{200, "implied"}
		}
	}
	return r, nil
}

// Write takes commands of the library.
func (c *controlConn) Write(p []byte) (int, error) {
	c.line = append(c.line, p...)
	for {
		line, rest, whole := bytes.Cut(c.line, []byte("\r\n"))
		if !whole {
			return len(p), nil
		}
		c.line = append([]byte(nil), rest...)
		if err := c.command(string(line)); err != nil {
			return 0, err
		}
	}
}

// command sends a command of the library, or answers it.
func (c *controlConn) command(line string) error {
	c.verb = strings.ToUpper(verbOf(line))
	switch c.verb {
	case "PRET": // announces a transfer to servers that are many machines; ours is announced by the command itself
		return c.answer(200, "no need")
	case "EPSV", "PASV":
		if c.transfer == nil {
			return c.answer(503, "no transfer wanted")
		}
		if c.verb == "PASV" {
			return c.answer(227, "Entering Passive Mode (127,0,0,1,0,1)")
		}
		return c.answer(229, "Entering Extended Passive Mode (|||1|)")
	case "RETR", "STOR":
		t := c.transfer
		if t == nil {
			return c.answer(503, "no transfer wanted")
		}
		if t.Err = c.run(t); t.Err != nil {
			if c.dead {
				return t.Err
			}
			return c.answer(425, "no data connection") // an error would stay with the library's writer for good
		}
		if t.start.Preliminary() {
			c.started = t
			t.nowBegun()
		}
		c.toLibrary.Write(t.start.format())
		return nil
	}
	for len(c.ahead) > 0 {
		head := c.ahead[0]
		c.ahead = c.ahead[1:]
		if head == line {
			return nil // sent before; its reply is the next
		}
		if err := c.unasked(head); err != nil {
			return err
		} else if c.dead {
			return fmt.Errorf("%s: %w", c.last, io.ErrUnexpectedEOF)
		}
	}
	if c.verb == "OPTS" && !c.single {
		// Whatever the answer is, the login goes on; see reply.
		if err := c.send(line); err != nil {
			return err
		}
		c.skip++
		return c.answer(200, "on its way")
	}
	return c.send(line)
}

func (c *controlConn) answer(code int, text string) error {
	c.toLibrary.Write(Reply{code, text}.format())
	return nil
}

// Close is the library's: it closes after QUIT or a failed greeting.
func (c *controlConn) Close() error { return c.wire.Close() }

// LocalAddr implements [net.Conn].
func (c *controlConn) LocalAddr() net.Addr { return c.wire.LocalAddr() }

// RemoteAddr implements [net.Conn].
func (c *controlConn) RemoteAddr() net.Addr { return c.wire.RemoteAddr() }

// SetDeadline does nothing: the watch ends waits.
func (c *controlConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing, as SetDeadline.
func (c *controlConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing, as SetDeadline.
func (c *controlConn) SetWriteDeadline(time.Time) error { return nil }
