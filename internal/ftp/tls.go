package ftp

import (
	"cmp"
	"crypto/tls"
	stdsync "sync"

	"ferry/internal/ftp/trust"
)

// A sessionCache keeps the last TLS session of one control connection. Unlike the cache
// of the standard library it keeps the session when a handshake is broken off, which
// happens when the server refuses a transfer while its data connection is being set up.
// The session is still valid then, and a server that requires data connections to resume
// it would refuse all that follow.
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

// tlsConfig returns the settings for one control connection and its data connections.
// They share a session cache of their own: some servers refuse a data connection that
// resumes the TLS session of another control connection.
func (c *controlConn) tlsConfig() (*tls.Config, error) {
	cfg := &tls.Config{}
	if c.opts.TLS != nil {
		cfg = c.opts.TLS.Clone()
	}
	cfg.ServerName = cmp.Or(c.opts.ServerName, c.opts.Host)
	cfg.ClientSessionCache = &sessionCache{}
	cfg.MinVersion = max(cfg.MinVersion, tls.VersionTLS12)
	var pin []byte // nil: the chain and the name are checked
	if c.opts.Fingerprint != "" {
		var err error
		if pin, err = trust.ParseFingerprint(c.opts.Fingerprint); err != nil {
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
		return trust.Verify(cs, pin, c.leaf) // for resumed sessions as well
	}
	return cfg, nil
}
