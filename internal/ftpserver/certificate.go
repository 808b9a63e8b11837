package ftpserver

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"

	"ferry/internal/selfsigned"
)

// newCertificate makes a new certificate, as every server gets one of its own.
func newCertificate() (*selfsigned.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return selfsigned.New(key)
}

// tlsConfig returns the configuration for one session and its data connections.
// The tickets of one session are good for no other, so that a data connection can
// be told to belong to its control connection.
func (s *Server) tlsConfig(c *selfsigned.Certificate) *tls.Config {
	conf := &tls.Config{Certificates: []tls.Certificate{c.TLS}, MinVersion: s.opts.TLSMin, MaxVersion: s.opts.TLSMax}
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails, see crypto/rand
	conf.SetSessionTicketKeys([][32]byte{key})
	return conf
}
