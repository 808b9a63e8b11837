package ftpserver

import (
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"net"
	"sync"

	library "github.com/fclairamb/ftpserverlib"
)

// driver tells the library who may log in, and which files there are.
type driver struct {
	opts     *Options
	files    *serverFS
	listener net.Listener
	clients  sync.WaitGroup
}

// GetSettings implements library.MainDriver. The library has all commands that a session may need. The session decides
// which of them the client can use.
func (d *driver) GetSettings() (*library.Settings, error) {
	return &library.Settings{
		Listener:                d.listener,
		IdleTimeout:             24 * 60 * 60,
		ConnectionTimeout:       30,
		ActiveTransferPortNon20: true,
		DisableLISTArgs:         true, // the session removes them
		EnableHASH:              d.opts.Hash,
		DefaultTransferType:     library.TransferTypeASCII, // RFC 959 section 5.1
	}, nil
}

func (d *driver) ClientConnected(library.ClientContext) (string, error) {
	d.clients.Add(1)
	return "ferry's own FTP server", nil
}

func (d *driver) ClientDisconnected(library.ClientContext) { d.clients.Done() }

func (d *driver) AuthUser(_ library.ClientContext, user, password string) (library.ClientDriver, error) {
	if user != d.opts.User || subtle.ConstantTimeCompare([]byte(password), []byte(d.opts.Password)) != 1 {
		return nil, errors.New("login incorrect")
	}
	return d.files, nil
}

func (d *driver) GetTLSConfig() (*tls.Config, error) {
	return nil, errors.New("TLS ends at the session")
}
