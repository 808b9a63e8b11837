package ftpserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// dataPort is the data port that PASV, EPSV, PORT or EPRT prepared for the next transfer, and its connection.
type dataPort struct {
	listener    *net.TCPListener // passive
	releaseHole func()           // releases a black hole
	target      *net.TCPAddr     // active
	from        net.IP           // active: our own address, which the client knows
	blackHole   bool
	hello       bool // the server is the TLS client: CPSV

	mu      sync.Mutex
	conn    *net.TCPConn
	aborted bool
}

// abort resets the connection and closes the port. It may be called on nil and from any goroutine.
func (d *dataPort) abort() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.aborted = true
	if d.conn != nil {
		_ = d.conn.SetLinger(0)
	}
	d.release()
}

// close closes the connection and the port in good order. It may be called on nil.
func (d *dataPort) close() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.release()
}

func (d *dataPort) release() {
	if d.conn != nil {
		d.conn.Close()
	}
	if d.listener != nil {
		d.listener.Close()
	}
	if d.releaseHole != nil {
		d.releaseHole()
		d.releaseHole = nil
	}
}

// wasAborted reports whether ABOR or the end of the session aborted the transfer.
func (d *dataPort) wasAborted() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.aborted
}

// setData makes d the port for the next transfer and closes the previous one.
func (s *session) setData(d *dataPort) {
	s.mu.Lock()
	old := s.data
	s.data = d
	s.mu.Unlock()
	old.close()
}

// passive answers PASV (RFC 959) and EPSV (RFC 2428).
func (s *session) passive(verb, arg string, fault PortFault) reply {
	local := ipOf(s.raw.LocalAddr())
	switch {
	case verb == "EPSV" && strings.EqualFold(arg, "ALL"):
		s.epsvAll = true
		return replyOf("200 EPSV ALL ok.")
	case verb == "EPSV" && arg != "" && arg != family(local):
		return replyOf("522 Network protocol not supported, use (" + family(local) + ")")
	case verb == "PASV" && local.To4() == nil:
		return replyOf("425 You cannot use PASV on IPv6 connections. Use EPSV instead.")
	}
	listener, err := s.listenData(local)
	if err != nil {
		return replyOf("425 No free port.")
	}
	d := &dataPort{listener: listener}
	if fault.blackHole {
		d.blackHole = true
		d.releaseHole = makeBlackHole(listener)
	}
	s.setData(d)
	port := listener.Addr().(*net.TCPAddr).Port
	if verb == "EPSV" {
		return replyOf(fmt.Sprintf("229 Entering Extended Passive Mode (|||%d|)", port))
	}
	if fault.address != "" {
		local = net.ParseIP(fault.address)
	}
	return replyOf(fmt.Sprintf("227 Entering Passive Mode (%s,%d,%d).",
		strings.ReplaceAll(local.To4().String(), ".", ","), port>>8, port&0xFF))
}

// listenData opens a port of the configured range. It continues after the last port, so that a port is not used again
// right after it was closed.
func (s *session) listenData(ip net.IP) (*net.TCPListener, error) {
	low, high := s.srv.opts.PassiveLow, s.srv.opts.PassiveHigh
	if low == 0 {
		return listenFree(ip)
	}
	for range high - low + 1 {
		port := low + int(s.srv.nextPort.Add(1))%(high-low+1)
		if l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: ip, Port: port}); err == nil {
			return l, nil
		}
	}
	return nil, errors.New("no free port in the range")
}

// active answers PORT (RFC 959) and EPRT (RFC 2428). It accepts only the address of the client, unless
// Options.Foreign or Options.ForeignPORT is set.
func (s *session) active(verb, arg string, fault PortFault) reply {
	addr, err := parsePort(arg)
	if verb == "EPRT" {
		addr, err = parseEPRT(arg)
	}
	if err != nil {
		return replyOf("501 Syntax error: " + err.Error())
	}
	if !s.srv.opts.Foreign && !s.srv.opts.ForeignPORT && !addr.IP.Equal(ipOf(s.raw.RemoteAddr())) || addr.Port < 1024 {
		return replyOf("500 Illegal " + verb + " command.")
	}
	s.setData(&dataPort{target: addr, from: ipOf(s.raw.LocalAddr()), blackHole: fault.blackHole})
	return replyOf("200 " + verb + " command successful.")
}

// connect makes the data connection: it waits for peer (nil: anybody) in passive mode, and connects in active mode.
func (d *dataPort) connect(ctx context.Context, peer net.IP, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if d.blackHole {
		<-ctx.Done()
		return ctx.Err()
	}
	conn, err := d.open(ctx, peer)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conn = conn
	if d.aborted {
		conn.Close()
		return net.ErrClosed
	}
	return nil
}

func (d *dataPort) open(ctx context.Context, peer net.IP) (*net.TCPConn, error) {
	if d.listener == nil {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: d.from}}
		conn, err := dialer.DialContext(ctx, "tcp", d.target.String())
		if err != nil {
			return nil, err
		}
		return conn.(*net.TCPConn), nil
	}
	stop := context.AfterFunc(ctx, func() { d.listener.Close() })
	defer stop()
	for {
		conn, err := d.listener.AcceptTCP()
		if err != nil {
			return nil, err
		}
		if peer == nil || ipOf(conn.RemoteAddr()).Equal(peer) {
			return conn, nil
		}
		conn.Close()
	}
}

// secureData adds TLS to the data connection if PROT P asked for it.
func (s *session) secureData(conn *net.TCPConn, hits effects) (net.Conn, error) {
	if !s.private {
		return conn, nil
	}
	conf := s.tls
	if hits.otherCertificate() {
		other, err := newCertificate()
		if err != nil {
			return nil, err
		}
		conf = s.srv.tlsConfig(other)
	}
	over, hello := tls.Server(conn, conf), s.hello || s.data.hello
	if hello {
		over = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // servers do not know each other
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.srv.opts.DataTimeout)
	defer cancel()
	if err := over.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	if s.srv.opts.RequireReuse && !hello && !over.ConnectionState().DidResume {
		return nil, errNotResumed
	}
	return over, nil
}

var errNotResumed = errors.New("the TLS session was not resumed")

// ipOf returns the IP address of an end of a connection, without a zone.
func ipOf(addr net.Addr) net.IP {
	if tcp, ok := addr.(*net.TCPAddr); ok {
		return tcp.IP
	}
	return nil
}
