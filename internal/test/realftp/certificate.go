package realftp

import (
	"crypto/rand"
	"crypto/rsa"
	"sync"

	"ferry/internal/selfsigned"
)

// certificate returns the certificate of all servers of one test program. It is RSA, since vsftpd asks for that by name.
var certificate = sync.OnceValues(func() (*selfsigned.Certificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	return selfsigned.New(key)
})
