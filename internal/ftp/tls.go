package ftp

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	stdsync "sync"
)

// errOtherCertificate means that a data connection is answered by somebody else
// than the control connection.
var errOtherCertificate = errors.New("the data connection shows another certificate than the control connection")

// A sessionCache keeps the last TLS session of one control connection. Unlike
// the cache of the standard library it keeps it when a handshake is broken off,
// as happens where the server refuses a transfer while its data connection is
// being set up: the session is as good as before, and servers that insist on it
// would refuse everything that follows.
type sessionCache struct {
	mu   stdsync.Mutex
	last *tls.ClientSessionState
}

// Get implements [tls.ClientSessionCache].
func (s *sessionCache) Get(string) (*tls.ClientSessionState, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last, s.last != nil
}

// Put implements [tls.ClientSessionCache].
func (s *sessionCache) Put(_ string, session *tls.ClientSessionState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if session != nil {
		s.last = session
	}
}

// tlsConfig returns the settings for one control connection and its data
// connections. They share a session cache, which no other control connection
// may share: ProFTPD and others refuse data connections that continue somebody
// else's session.
func (c *controlConn) tlsConfig() (*tls.Config, error) {
	cfg := &tls.Config{}
	if c.opts.TLS != nil {
		cfg = c.opts.TLS.Clone()
	}
	cfg.ServerName = c.opts.Host
	cfg.ClientSessionCache = &sessionCache{}
	cfg.MinVersion = max(cfg.MinVersion, tls.VersionTLS12)
	var pin []byte // nil: the chain and the name count
	if c.opts.Fingerprint != "" {
		var err error
		if pin, err = ParseFingerprint(c.opts.Fingerprint); err != nil {
			return nil, &Error{Op: "reading the certificate fingerprint", Class: Login, Err: err}
		}
	}
	cfg.InsecureSkipVerify = c.opts.Insecure || pin != nil
	also := cfg.VerifyConnection
	cfg.VerifyConnection = func(cs tls.ConnectionState) error {
		if also != nil {
			if err := also(cs); err != nil {
				return err
			}
		}
		return c.verify(cs, pin)
	}
	return cfg, nil
}

// verify checks the certificate beyond its chain and name. It runs for resumed
// sessions too.
func (c *controlConn) verify(cs tls.ConnectionState, pin []byte) error {
	if len(cs.PeerCertificates) == 0 {
		return errors.New("the server shows no certificate")
	}
	leaf := cs.PeerCertificates[0]
	if sum := sha256.Sum256(leaf.Raw); pin != nil && !bytes.Equal(sum[:], pin) {
		return &pinError{got: certificatePrint(leaf)}
	}
	if c.leaf != nil && !bytes.Equal(c.leaf, leaf.Raw) {
		return errOtherCertificate
	}
	return nil
}

// A pinError is a certificate that is not the pinned one.
type pinError struct{ got string }

func (e *pinError) Error() string {
	return "the server's certificate is not the pinned one; it has " + e.got
}

// certificatePrint returns "sha256:" and the hex digits of a certificate's hash.
func certificatePrint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// ParseFingerprint reads the SHA-256 of a certificate: 64 hex digits in any case,
// with or without colons, spaces and a leading "sha256:".
func ParseFingerprint(s string) ([]byte, error) {
	digits := strings.ToLower(strings.TrimSpace(s))
	digits = strings.TrimPrefix(digits, "sha256:")
	digits = strings.NewReplacer(":", "", " ", "").Replace(digits)
	sum, err := hex.DecodeString(digits)
	if err != nil || len(sum) != sha256.Size {
		return nil, fmt.Errorf(`%q is not a SHA-256 fingerprint: "sha256:" and 64 hex digits`, s)
	}
	return sum, nil
}

// authTLS asks for TLS on a connection that began in clear text (RFC 4217,
// section 4). There is no way on without it.
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
			e.Hint = "the server offers no TLS on this port; TLS from the first byte (ftps://, port 990) may work"
		}
		return e
	}
	// Clear bytes behind the 234 could only have been put there by somebody in
	// between, to be taken for answers of the protected connection.
	if c.br.Buffered() > 0 {
		return &Error{Op: "AUTH TLS", Class: Server, Err: fmt.Errorf("%w: clear text behind the 234", errProtocol),
			Hint: "somebody between here and the server may be tampering with the connection"}
	}
	return c.startTLS()
}

// startTLS protects the control connection.
func (c *controlConn) startTLS() error {
	cfg, err := c.tlsConfig()
	if err != nil {
		return err
	}
	conn := tls.Client(c.sock, cfg)
	if err := conn.Handshake(); err != nil {
		return c.handshakeError(err)
	}
	c.leaf = conn.ConnectionState().PeerCertificates[0].Raw
	c.tls = cfg
	c.use(conn)
	return nil
}

// handshakeError classes what kept TLS from coming about.
func (c *controlConn) handshakeError(err error) error {
	if c.deadlines.context().Err() != nil {
		return c.broken("TLS handshake", err)
	}
	e := &Error{Op: "TLS handshake with " + c.opts.Address(), Class: Login, Err: err}
	var cert *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	var pin *pinError
	var alert tls.AlertError
	var ne net.Error
	switch {
	case errors.As(err, &cert):
		e.Hint = certificateHint(cert)
	case errors.As(err, &pin):
		e.Hint = "if the server's certificate was renewed, pin the new one: --fingerprint " + pin.got
	case errors.As(err, &header):
		e.Class, e.Hint = Server, "what the server sends is no TLS"
		if c.opts.Security == Implicit {
			e.Hint += "; use ftpes:// where TLS begins with AUTH TLS (port 21)"
		}
	case errors.As(err, &alert):
		e.Class, e.Hint = Server, "the server and ferry have no TLS version or cipher in common, or the server wants a client certificate"
	case errors.As(err, &ne) && ne.Timeout():
		e.Class, e.Err = Retry, &silence{fmt.Sprintf("no answer for %v", c.deadlines.timeout)}
		if c.opts.Security == Implicit {
			e.Class, e.Hint = Connect, "a server that expects AUTH TLS waits for us; use ftpes://"
		}
	case errors.Is(err, io.EOF):
		e.Class = Retry
	default:
		if _, isReset := c.broken("", err).(*Error); isReset && !errors.As(err, new(*Error)) {
			e.Class = Retry
		}
	}
	return e
}

// certificateHint says how a certificate that is not trusted can be.
func certificateHint(err *tls.CertificateVerificationError) string {
	if len(err.UnverifiedCertificates) == 0 {
		return ""
	}
	leaf := err.UnverifiedCertificates[0]
	print := certificatePrint(leaf)
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("the certificate is for other names; if it is the server's all the same, trust it with --fingerprint %s", print)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the certificate is valid from %s to %s; trust it all the same with --fingerprint %s",
			leaf.NotBefore.Format("2006-01-02"), leaf.NotAfter.Format("2006-01-02"), print)
	}
	return fmt.Sprintf("if this is the server's own certificate, trust it with --fingerprint %s", print)
}
