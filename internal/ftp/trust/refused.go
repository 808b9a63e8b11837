package trust

import (
	"crypto/tls"
	"errors"
)

// Refused returns the fingerprint of the certificate that err refuses, "" if
// err is about something else.
func Refused(err error) string {
	var refused *tls.CertificateVerificationError
	if errors.As(err, &refused) && len(refused.UnverifiedCertificates) > 0 {
		return Fingerprint(refused.UnverifiedCertificates[0])
	}
	return ""
}
