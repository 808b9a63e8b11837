// Package trust checks the certificate of a server, and says in plain words why one is not
// accepted and how it can be.
package trust

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// errOtherCertificate means that the other end of a data connection is not the one of
// the control connection.
var errOtherCertificate = errors.New("the data connection shows another certificate than the control connection")

// Verify checks the certificate of a connection against the pin and against that of the
// control connection, in DER; either may be nil.
func Verify(cs tls.ConnectionState, pin, control []byte) error {
	if len(cs.PeerCertificates) == 0 {
		return errors.New("the server sent no certificate")
	}
	leaf := cs.PeerCertificates[0]
	if sum := sha256.Sum256(leaf.Raw); pin != nil && !bytes.Equal(sum[:], pin) {
		return &PinError{Got: Fingerprint(leaf)}
	}
	if control != nil && !bytes.Equal(control, leaf.Raw) {
		return errOtherCertificate
	}
	return nil
}

// A PinError means that the certificate is not the pinned one. Got is its fingerprint.
type PinError struct{ Got string }

// Error returns that with the fingerprint.
func (e *PinError) Error() string {
	return "the server's certificate is not the pinned one; it has " + e.Got
}

// Fingerprint returns "sha256:" and the hex digits of a certificate's hash.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// ParseFingerprint reads the SHA-256 of a certificate: 64 hex digits in upper or lower
// case, with or without colons, spaces and a leading "sha256:". It returns the 32 bytes.
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
