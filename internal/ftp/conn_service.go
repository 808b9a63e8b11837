package ftp

import (
	"errors"
	"fmt"

	"ferry/internal/ftp/wire"
)

// checkService looks at the first bytes of the greeting, so that a server of another
// protocol is named at once: many of them send no line end.
func (c *controlConn) checkService() error {
	first, _ := c.br.Peek(c.br.Buffered())
	if other := wire.OtherService(first); other != "" {
		return c.otherService(other)
	}
	return nil
}

// otherService returns the error for a port on which a server of another protocol answers;
// see [wire.OtherService].
func (c *controlConn) otherService(name string) *Error {
	e := &Error{Op: "connecting to " + c.opts.Address(), Class: Connect, Err: fmt.Errorf("%s answers on this port, not an FTP server", name)}
	switch name {
	case wire.SSH:
		e.Hint = "SFTP is no kind of FTP: it is part of SSH, which ferry does not speak. Does the machine have an FTP server, on port 21 (ftpes://) or 990 (ftps://)?"
	case wire.TLS:
		e.Err = errors.New("the server expects TLS from the first byte")
		e.Hint = "use ftps://" + c.opts.hostAndPort()
	default:
		e.Hint = "is the port right? FTP is on port 21 (ftp://, ftpes://) or 990 (ftps://)"
	}
	return e
}

// hostAndPort returns the host for a URL, with its port where that is not 21 or 990.
func (o *Options) hostAndPort() string {
	if o.Port == Explicit.Port() || o.Port == Implicit.Port() {
		return o.Host
	}
	return o.Address()
}

// silentPorts says what usually listens on ports whose servers say nothing until they are
// asked.
var silentPorts = map[int]string{80: "web server", 443: "web server", 8000: "web server", 8080: "web server", 8443: "web server", 139: "Windows file server", 445: "Windows file server", 3389: "remote desktop"}

// silenceHint is the way out where something listens and sends nothing.
func silenceHint(o *Options) string {
	service, known := silentPorts[o.Port]
	switch {
	case known:
		return fmt.Sprintf("port %d is usually that of a %s, which says nothing until a client asks; FTP is on port 21 (ftp://, ftpes://) or 990 (ftps://)", o.Port, service)
	case o.Security != Implicit && o.Port == Implicit.Port():
		return "on port 990 servers expect TLS from the first byte: use ftps://" + o.Host
	case o.Security != Implicit:
		return "something listens on this port but sends nothing; if it expects TLS from the first byte, use ftps://; web servers wait like this, too"
	}
	return "something listens on this port but sends nothing; is it a web server?"
}
