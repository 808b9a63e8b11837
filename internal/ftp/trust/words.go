package trust

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ferry/internal/ftp/wire"
)

// Fault says in plain words why a certificate was rejected. host is the name
// that it should have.
func Fault(err *tls.CertificateVerificationError, host string) string {
	if len(err.UnverifiedCertificates) == 0 {
		return err.Error()
	}
	leaf := err.UnverifiedCertificates[0]
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("the server's certificate is for %s, not for %s", namesOf(leaf), host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(leaf.NotBefore):
		return "the server's certificate is not valid before " + leaf.NotBefore.Format("2006-01-02 15:04 MST")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the server's certificate expired on " + leaf.NotAfter.Format("2006-01-02")
	case errors.As(err, new(x509.UnknownAuthorityError)) && bytes.Equal(leaf.RawIssuer, leaf.RawSubject):
		return "the server has a self-signed certificate: nobody else vouches for it"
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return fmt.Sprintf("the server's certificate was issued by an authority that this machine does not know (%s)", wire.Printable(leaf.Issuer.String()))
	}
	return "the server's certificate is not accepted: " + err.Err.Error()
}

// namesOf returns the first few names that a certificate is for.
func namesOf(leaf *x509.Certificate) string {
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
	return wire.Printable(strings.Join(names, ", "))
}

// Hint says how the user can trust a certificate that was rejected.
func Hint(err *tls.CertificateVerificationError) string {
	if len(err.UnverifiedCertificates) == 0 {
		return ""
	}
	leaf := err.UnverifiedCertificates[0]
	print := Fingerprint(leaf)
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("use one of these names in the URL, or as server-name: in the profile; if the certificate is the server's all the same, pin it with --fingerprint %s", print)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(leaf.NotBefore):
		return fmt.Sprintf("is the clock of this machine right? Otherwise pin the certificate with --fingerprint %s", print)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the server's administrator should renew it; until then pin it with --fingerprint %s", print)
	case errors.As(err, new(x509.UnknownAuthorityError)) && !bytes.Equal(leaf.RawIssuer, leaf.RawSubject):
		return fmt.Sprintf("name the certificate of this authority with --ca FILE, or pin the server's with --fingerprint %s", print)
	}
	return fmt.Sprintf("ask the server's administrator for its fingerprint; if it is this one, pin it with --fingerprint %s", print)
}
