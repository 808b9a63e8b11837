package ftp

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

// verify checks the certificate against the pin, which may be nil, and against that of
// the control connection. It runs for resumed sessions as well.
func (c *controlConn) verify(cs tls.ConnectionState, pin []byte) error {
	if len(cs.PeerCertificates) == 0 {
		return errors.New("the server sent no certificate")
	}
	leaf := cs.PeerCertificates[0]
	if sum := sha256.Sum256(leaf.Raw); pin != nil && !bytes.Equal(sum[:], pin) {
		return &pinError{got: Fingerprint(leaf)}
	}
	if c.leaf != nil && !bytes.Equal(c.leaf, leaf.Raw) {
		return errOtherCertificate
	}
	return nil
}

// A pinError means that the certificate is not the pinned one. got is its fingerprint.
type pinError struct{ got string }

func (e *pinError) Error() string {
	return "the server's certificate is not the pinned one; it has " + e.got
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

// certificateHint says how the user can trust a certificate that was rejected.
func certificateHint(err *tls.CertificateVerificationError) string {
	if len(err.UnverifiedCertificates) == 0 {
		return ""
	}
	leaf := err.UnverifiedCertificates[0]
	print := Fingerprint(leaf)
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
