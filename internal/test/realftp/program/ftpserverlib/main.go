// Ftpserverlib serves a directory with github.com/fclairamb/ftpserverlib, for tests of ferry. The go.mod chooses the
// version of the library: go.mod the current one, go-0.19.mod one from before MLST was right.
//
// usage: ftpserverlib ADDRESS DIRECTORY USER PASSWORD
package main

import (
	"crypto/tls"
	"errors"
	"log"
	"os"

	library "github.com/fclairamb/ftpserverlib"
	"github.com/spf13/afero"
)

type driver struct {
	address, user, password string
	files                   afero.Fs
}

func (d *driver) GetSettings() (*library.Settings, error) {
	return &library.Settings{ListenAddr: d.address, IdleTimeout: 900, ActiveTransferPortNon20: true}, nil
}

func (d *driver) ClientConnected(library.ClientContext) (string, error) { return "ftpserverlib", nil }
func (d *driver) ClientDisconnected(library.ClientContext)              {}

func (d *driver) AuthUser(_ library.ClientContext, user, password string) (library.ClientDriver, error) {
	if user != d.user || password != d.password {
		return nil, errors.New("wrong user or password")
	}
	return d.files, nil
}

func (d *driver) GetTLSConfig() (*tls.Config, error) { return nil, errors.New("no TLS") }

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: ftpserverlib ADDRESS DIRECTORY USER PASSWORD")
	}
	d := &driver{os.Args[1], os.Args[3], os.Args[4], afero.NewBasePathFs(afero.NewOsFs(), os.Args[2])}
	log.Fatal(library.NewFtpServer(d).ListenAndServe())
}
