package ftp

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
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

// certificateFault says in plain words why a certificate was rejected. host is the name
// that it should have.
func certificateFault(err *tls.CertificateVerificationError, host string) string {
	if len(err.UnverifiedCertificates) == 0 {
		return err.Error()
	}
	leaf := err.UnverifiedCertificates[0]
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("the server's certificate is for %s, not for %s", certificateNames(leaf), host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(leaf.NotBefore):
		return "the server's certificate is not valid before " + leaf.NotBefore.Format("2006-01-02 15:04 MST")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the server's certificate expired on " + leaf.NotAfter.Format("2006-01-02")
	case errors.As(err, new(x509.UnknownAuthorityError)) && bytes.Equal(leaf.RawIssuer, leaf.RawSubject):
		return "the server has a self-signed certificate: nobody else vouches for it"
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return fmt.Sprintf("the server's certificate was issued by an authority that this machine does not know (%s)", Printable(leaf.Issuer.String()))
	}
	return "the server's certificate is not accepted: " + err.Err.Error()
}

// certificateNames returns the first few names that a certificate is for.
func certificateNames(leaf *x509.Certificate) string {
	names := slices.Clone(leaf.DNSNames)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		names = append(names, "no host at all, but "+strconv.Quote(leaf.Subject.CommonName))
	}
	if len(names) > 3 {
		names = append(names[:3], "others")
	}
	return Printable(strings.Join(names, ", "))
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
		return fmt.Sprintf("use one of these names in the URL; if the certificate is the server's all the same, pin it with --fingerprint %s", print)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(leaf.NotBefore):
		return fmt.Sprintf("is the clock of this machine right? Otherwise pin the certificate with --fingerprint %s", print)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the server's administrator should renew it; until then pin it with --fingerprint %s", print)
	case errors.As(err, new(x509.UnknownAuthorityError)) && !bytes.Equal(leaf.RawIssuer, leaf.RawSubject):
		return fmt.Sprintf("name the certificate of this authority with --ca FILE, or pin the server's with --fingerprint %s", print)
	}
	return fmt.Sprintf("ask the server's administrator for its fingerprint; if it is this one, pin it with --fingerprint %s", print)
}
