package trust

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"sync"
)

// configs holds what [Only] returned, by the text of the file: those that trust the same
// certificates can share sessions.
var configs sync.Map

// Only returns a TLS configuration that trusts the certificates in the PEM file at path, and no
// others. Equal texts give the same configuration, which nobody may change.
func Only(path string) (*tls.Config, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the certificates to trust: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", path)
	}
	config, _ := configs.LoadOrStore(string(pem), &tls.Config{RootCAs: pool})
	return config.(*tls.Config), nil
}
