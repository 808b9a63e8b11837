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

// Explain says in plain words why a certificate was rejected, and how the user can trust
// it; "" where nothing helps. host is the name that it should have.
func Explain(err *tls.CertificateVerificationError, host string) (why, hint string) {
	if len(err.UnverifiedCertificates) == 0 {
		return err.Error(), ""
	}
	leaf := err.UnverifiedCertificates[0]
	pin := "--fingerprint " + Fingerprint(leaf)
	askForIt := "ask the server's administrator for its fingerprint; if it is this one, pin it with " + pin
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("the server's certificate is for %s, not for %s", namesOf(leaf), host),
			"use one of these names in the URL, or as server-name: in the profile; if the certificate is the server's all the same, pin it with " + pin
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(leaf.NotBefore):
		return "the server's certificate is not valid before " + leaf.NotBefore.Format("2006-01-02 15:04 MST"),
			"is the clock of this machine right? Otherwise pin the certificate with " + pin
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the server's certificate expired on " + leaf.NotAfter.Format("2006-01-02"),
			"the server's administrator should renew it; until then pin it with " + pin
	case errors.As(err, new(x509.UnknownAuthorityError)) && bytes.Equal(leaf.RawIssuer, leaf.RawSubject):
		return "the server has a self-signed certificate: nobody else vouches for it", askForIt
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return fmt.Sprintf("the server's certificate was issued by an authority that this machine does not know (%s)", wire.Printable(leaf.Issuer.String())),
			"name the certificate of this authority with --ca FILE, or pin the server's with " + pin
	}
	return "the server's certificate is not accepted: " + err.Err.Error(), askForIt
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
