package ftpserver

import (
	"bufio"
	"fmt"
	"net"
	"strings"
)

// backend is the control connection of a session to the library.
type backend struct {
	conn net.Conn
	r    *bufio.Reader
	data *net.TCPListener // for the library's data connections, nil before the first
}

func dialBackend(addr string) (*backend, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	b := &backend{conn: conn, r: bufio.NewReader(conn)}
	if _, err := b.read(); err != nil {
		conn.Close()
		return nil, err
	}
	return b, nil
}

// command sends a command and reads its reply.
func (b *backend) command(line string) (reply, error) {
	if _, err := fmt.Fprintf(b.conn, "%s\r\n", line); err != nil {
		return nil, err
	}
	return b.read()
}

// read reads one reply, of one or several lines (RFC 959 section 4.2).
func (b *backend) read() (reply, error) {
	var r reply
	for {
		line, err := b.r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimRight(line, "\r\n")
		r = append(r, line)
		if len(line) >= 4 && line[3] == ' ' && line[:3] == r[0][:3] {
			return r, nil
		}
		if len(r) == 1 && (len(line) < 4 || line[3] != '-') {
			return nil, fmt.Errorf("the library sent %q, which is not a reply", line)
		}
	}
}

// transfer sends a command that needs a data connection. The library connects to the listener of this session. One
// listener serves all transfers, because choosing a free port each time is slow. The connection is nil if the reply is
// not a 150.
func (b *backend) transfer(line string) (*net.TCPConn, reply, error) {
	if b.data == nil {
		l, err := listenFree(ipOf(b.conn.LocalAddr()))
		if err != nil {
			return nil, nil, err
		}
		b.data = l
	}
	addr := b.data.Addr().(*net.TCPAddr)
	if r, err := b.command(fmt.Sprintf("EPRT |1|%s|%d|", addr.IP, addr.Port)); err != nil || !r.good() {
		return nil, r, err
	}
	r, err := b.command(line)
	if err != nil || r.code() != 150 {
		return nil, r, err
	}
	conn, err := b.data.AcceptTCP()
	return conn, r, err
}

// close ends the connection to the library.
func (b *backend) close() {
	b.conn.Close()
	if b.data != nil {
		b.data.Close()
	}
}
