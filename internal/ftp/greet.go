package ftp

import (
	"context"
	"crypto/tls"
	"errors"

	"ferry/internal/ftp/trust"
)

// Greet connects to a server, waits for its greeting and checks its certificate, and
// leaves again without logging in. The error is that of a login which gets no further.
func Greet(ctx context.Context, o Options) error {
	o = o.WithDefaults()
	c, err := dialControl(ctx, &o, nil)
	if err != nil {
		return err
	}
	c.close()
	return nil
}

// RefusedCertificate returns the fingerprint of the certificate that err refuses, "" if
// err is about something else.
func RefusedCertificate(err error) string {
	var refused *tls.CertificateVerificationError
	if errors.As(err, &refused) && len(refused.UnverifiedCertificates) > 0 {
		return trust.Fingerprint(refused.UnverifiedCertificates[0])
	}
	return ""
}
