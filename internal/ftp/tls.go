package ftp

import (
	"crypto/tls"
	"errors"
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
