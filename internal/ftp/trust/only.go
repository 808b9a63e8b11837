package trust

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// Only returns a TLS configuration that trusts the certificates in the PEM file at path, and no
// others.
func Only(path string) (*tls.Config, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the certificates to trust: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", path)
	}
	return &tls.Config{RootCAs: pool}, nil
}
