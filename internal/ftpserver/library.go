package ftpserver

import (
	"bufio"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"

	library "github.com/fclairamb/ftpserverlib"
)

// driver tells the library who may log in and what the files are.
type driver struct {
	opts     *Options
	files    *rules
	listener net.Listener
	clients  sync.WaitGroup
}

// GetSettings implements library.MainDriver. What the client may use is decided by the session in front; the
// library has everything switched on but what a session never asks for.
func (d *driver) GetSettings() (*library.Settings, error) {
	return &library.Settings{
		Listener:                d.listener,
		IdleTimeout:             24 * 60 * 60,
		ConnectionTimeout:       30,
		ActiveTransferPortNon20: true,
		DisableLISTArgs:         true, // the session takes them off
		EnableHASH:              d.opts.Hash,
		DefaultTransferType:     library.TransferTypeASCII, // RFC 959 section 5.1
	}, nil
}

func (d *driver) ClientConnected(library.ClientContext) (string, error) {
	d.clients.Add(1)
	return "ferry's own FTP server", nil
}

func (d *driver) ClientDisconnected(library.ClientContext) { d.clients.Done() }

func (d *driver) AuthUser(_ library.ClientContext, user, password string) (library.ClientDriver, error) {
	if user != d.opts.User || subtle.ConstantTimeCompare([]byte(password), []byte(d.opts.Password)) != 1 {
		return nil, errors.New("login incorrect")
	}
	return d.files, nil
}

func (d *driver) GetTLSConfig() (*tls.Config, error) {
	return nil, errors.New("TLS ends at the session")
}

// backend is a session's control connection to the library.
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

// do sends one command and reads its reply.
func (b *backend) do(line string) (reply, error) {
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
			return nil, fmt.Errorf("the library sent %q, which is no reply", line)
		}
	}
}

// transfer has the library carry out a command with a data connection, which the library makes to the listener of this
// session: one listener serves all transfers, since asking the system for a free port each time is slow. Without a 150
// there is no connection.
func (b *backend) transfer(line string) (*net.TCPConn, reply, error) {
	if b.data == nil {
		l, err := listenFree(hostOf(b.conn.LocalAddr()))
		if err != nil {
			return nil, nil, err
		}
		b.data = l
	}
	addr := b.data.Addr().(*net.TCPAddr)
	if r, err := b.do(fmt.Sprintf("EPRT |1|%s|%d|", addr.IP, addr.Port)); err != nil || !r.good() {
		return nil, r, err
	}
	r, err := b.do(line)
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

// reply is a reply of the control connection, its lines without their ends.
type reply []string

// code is the number of the reply, 0 when it has none.
func (r reply) code() int {
	if len(r) == 0 || len(r[0]) < 3 {
		return 0
	}
	n, _ := strconv.Atoi(r[0][:3])
	return n
}

func (r reply) good() bool { c := r.code(); return c >= 200 && c < 300 }

// replyOf makes a reply of a text with lines separated by "\n", as faults and options give it.
func replyOf(text string) reply { return strings.Split(text, "\n") }
