package ftp

import (
	"bytes"
	"ferry/internal/ftp/wire"
	"net"
	"strings"
	"time"
)

// A libraryConn is the control connection as the FTP library sees it: the net.Conn
// that its dial function returns. It gives the library one whole reply at a time, so
// that the library buffers nothing between its calls.
//
// It does not pass on the library's commands for data connections. The library is
// told that passive mode works; when its transfer command comes, the data connection
// is opened in the mode that works with this server (see transfer_run.go).
type libraryConn struct {
	c       *controlConn
	replies bytes.Buffer // what the library has yet to read
	line    []byte       // the beginning of a command
	verb    string       // of the library's last command
	current *awaited     // the reply that the library waits for
	running *Transfer    // the transfer whose final reply the library waits for
	// sentEarly holds the commands of the login that went out before the library sent
	// them. Each is removed when the library sends it.
	sentEarly []*awaited
	feat      Reply // to FEAT
}

var _ net.Conn = (*libraryConn)(nil)

// Read implements [net.Conn]. It returns the reply that the library waits for.
func (l *libraryConn) Read(p []byte) (int, error) {
	if l.replies.Len() == 0 {
		r, err := l.reply()
		if err != nil {
			return 0, err
		}
		l.replies.Write(r.Format())
	}
	return l.replies.Read(p)
}

// reply reads the reply to the library's last command. Refusals that do not matter
// become positive, because the library would give up the login.
func (l *libraryConn) reply() (Reply, error) {
	if t := l.running; t != nil {
		l.running = nil
		return t.finish(l.c)
	}
	if l.current == nil {
		return Reply{}, net.ErrClosed
	}
	r, err := l.c.await(l.current)
	if err != nil {
		return r, err
	}
	switch l.verb {
	case "FEAT":
		l.feat = r
	case "OPTS", "PBSZ":
		// UTF-8 may be on all the same (RFC 2640), and the buffer size means nothing
		// for TLS (RFC 4217, section 8).
		if r.Refused() && !l.c.dead {
			r = Reply{Code: 200, Text: "going on without"}
		}
	case "PROT":
		// With implicit TLS a server may not know PROT: it protects its data
		// connections in any case.
		if r.Refused() && !l.c.dead && l.c.opts.Security == Implicit {
			r = Reply{Code: 200, Text: "implied"}
		}
	}
	return r, nil
}

// Write implements [net.Conn]. It takes commands of the library.
func (l *libraryConn) Write(p []byte) (int, error) {
	l.line = append(l.line, p...)
	for {
		line, rest, whole := bytes.Cut(l.line, []byte("\r\n"))
		if !whole {
			return len(p), nil
		}
		l.line = append([]byte(nil), rest...)
		if err := l.command(string(line)); err != nil {
			return 0, err
		}
	}
}

// command sends a command of the library or answers it in place of the server. Of
// the commands that were sent early it only waits for the reply.
func (l *libraryConn) command(line string) error {
	l.verb = strings.ToUpper(wire.Verb(line))
	switch l.verb {
	case "PRET": // announces the transfer command to distributed servers, which manage without it
		return l.answer(200, "no need")
	case "EPSV", "PASV":
		if l.c.transfer == nil {
			return l.answer(503, "no transfer wanted")
		}
		if l.verb == "PASV" {
			return l.answer(227, "Entering Passive Mode (127,0,0,1,0,1)")
		}
		return l.answer(229, "Entering Extended Passive Mode (|||1|)")
	case "RETR", "STOR":
		return l.startTransfer()
	}
	for len(l.sentEarly) > 0 {
		first := l.sentEarly[0]
		l.sentEarly = l.sentEarly[1:]
		if first.line == line {
			l.current = first
			return nil
		}
		if _, err := l.c.await(first); err != nil {
			return l.c.broken(l.verb, err)
		}
	}
	goesOn := l.verb == "OPTS" && !l.c.serial
	l.current = &awaited{line: line, ofLogin: goesOn}
	err := l.c.send(l.current)
	if err == nil && goesOn {
		return l.answer(200, "on its way") // the login goes on whatever the reply is; see reply
	}
	return err
}

// startTransfer begins the current transfer with the commands of that.
func (l *libraryConn) startTransfer() error {
	t := l.c.transfer
	if t == nil {
		return l.answer(503, "no transfer wanted")
	}
	if t.Err = l.c.run(t); t.Err != nil {
		if l.c.dead {
			return t.Err
		}
		return l.answer(425, "no data connection") // an error would stay in the library's writer for good
	}
	if t.start.Preliminary() {
		l.running = t
		t.nowBegun()
	}
	l.replies.Write(t.start.Format())
	return nil
}

// answer replies in place of the server.
func (l *libraryConn) answer(code int, text string) error {
	l.replies.Write(Reply{Code: code, Text: text}.Format())
	return nil
}

// Close implements [net.Conn]. The library calls it after a failed greeting.
func (l *libraryConn) Close() error { return l.c.sock.Close() }

// LocalAddr implements [net.Conn].
func (l *libraryConn) LocalAddr() net.Addr { return l.c.sock.LocalAddr() }

// RemoteAddr implements [net.Conn].
func (l *libraryConn) RemoteAddr() net.Addr { return l.c.sock.RemoteAddr() }

// SetDeadline does nothing: [socket.Deadlines] end waits.
func (l *libraryConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing, as SetDeadline.
func (l *libraryConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing, as SetDeadline.
func (l *libraryConn) SetWriteDeadline(time.Time) error { return nil }
