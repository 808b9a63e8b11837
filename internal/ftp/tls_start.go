package ftp

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"ferry/internal/ftp/trust"
	"ferry/internal/ftp/wire"
)

// authTLS starts TLS on a connection that began in clear text (RFC 4217, section 4).
// Without TLS the connection is not used.
func (c *controlConn) authTLS() error {
	auth := &awaited{line: "AUTH TLS"}
	if err := c.send(auth); err != nil {
		return err
	}
	r, err := c.await(auth)
	if err != nil {
		return c.broken("AUTH TLS", err)
	}
	if r.Code != 234 {
		e := ReplyError("AUTH TLS", "", r)
		if e.Class != Busy && r.Code != 421 {
			e.Class = Server
			e.Hint = "the server offers no TLS on this port; TLS from the first byte (ftps://, port 990) may work; ftp:// sends everything in clear text, the password too"
		}
		return e
	}
	// Only an attacker on the way would send clear text after the 234, to have it
	// taken for replies over TLS.
	if c.br.Buffered() > 0 {
		return &Error{Op: "AUTH TLS", Class: Server, Err: fmt.Errorf("%w: clear text after the 234", errProtocol),
			Hint: "somebody between here and the server may be tampering with the connection"}
	}
	return c.startTLS()
}

// startTLS does the TLS handshake of the control connection.
func (c *controlConn) startTLS() error {
	cfg, err := c.tlsConfig()
	if err != nil {
		return err
	}
	conn := tls.Client(c.sock, cfg)
	c.sock.EndBy(time.Now().Add(c.deadlines.Timeout))
	err = conn.Handshake()
	c.sock.LiftEnd()
	if err != nil {
		return c.handshakeError(err)
	}
	c.leaf = conn.ConnectionState().PeerCertificates[0].Raw
	c.tls = cfg
	c.use(conn)
	return nil
}

// handshakeError returns the error for a failed TLS handshake of the control connection.
func (c *controlConn) handshakeError(err error) error {
	if c.deadlines.Context().Err() != nil {
		return c.broken("TLS handshake", err)
	}
	e := &Error{Op: "TLS handshake with " + c.opts.Address(), Class: Retry, Err: err}
	var cert *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	var pin *trust.PinError
	var alert tls.AlertError
	var ne net.Error
	switch {
	case errors.As(err, &cert):
		why, hint := trust.Explain(cert, cmp.Or(c.opts.ServerName, c.opts.Host))
		e.Class, e.Err, e.Hint = Login, &plainError{why, err}, hint
	case errors.As(err, &pin):
		e.Class, e.Hint = Login, "if the server's certificate was renewed, pin the new one: --fingerprint "+pin.Got
	case errors.As(err, &header):
		e.Class, e.Err = Server, &plainError{"the server does not answer with TLS", err}
		switch other := wire.InsteadOfTLS(header.RecordHeader[:]); {
		case other == wire.FTP, other == "" && c.opts.Security == Implicit:
			e.Hint = "TLS begins with AUTH TLS on this port: use ftpes://" + c.opts.hostAndPort()
		case other != "":
			return c.otherService(other)
		}
	case errors.As(err, &alert):
		e.Class, e.Hint = Server, "the server and ferry have no TLS version or cipher in common, or the server wants a client certificate"
	case errors.As(err, &ne) && ne.Timeout():
		e.Err = &timeoutError{fmt.Sprintf("no answer for %v", c.deadlines.Timeout)}
		if c.opts.Security == Implicit {
			e.Class, e.Hint = Connect, "the server may expect AUTH TLS on this port; use ftpes://"
		}
	}
	return e
}
