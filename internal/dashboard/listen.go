package dashboard

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"ferry/internal/app"
	"ferry/internal/config"
)

// shortestPassword is how many characters a password must have.
const shortestPassword = 12

// PasswordVariable is the variable of the environment that holds the password.
const PasswordVariable = config.DashboardVariable

// Access says where the page is served, and to whom.
type Access struct {
	Listen string // an address with a port; "": a free port of 127.0.0.1
	// CertFile and KeyFile are PEM files with a certificate and its key; "": no TLS.
	CertFile, KeyFile string
	// Password is asked for in place of the token; "": it is not.
	Password string
}

// check returns the address to listen on, and an error where others could see the page.
func (a Access) check() (address string, err error) {
	if a.Listen == "" {
		a.Listen = "127.0.0.1:0"
	}
	host, port, err := net.SplitHostPort(a.Listen)
	if err != nil {
		return "", app.Usage(fmt.Errorf("--listen %s: %w", a.Listen, err), "write an address and a port, as 127.0.0.1:8384")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", app.Usage(fmt.Errorf("--listen %s: %q is no port", a.Listen, port), "write an address and a port, as 127.0.0.1:8384")
	}
	if (a.CertFile == "") != (a.KeyFile == "") {
		return "", app.Usage(errors.New("a certificate needs its key"), "name both: --cert FILE --key FILE")
	}
	if a.Password != "" && len(a.Password) < shortestPassword {
		return "", app.Usage(fmt.Errorf("the password in %s has less than %d characters", PasswordVariable, shortestPassword), "choose a longer one")
	}
	if host == "localhost" { // it has two addresses, and another user could listen on the other one
		return net.JoinHostPort("127.0.0.1", port), nil
	}
	if isLoopback(host) {
		return a.Listen, nil
	}
	if a.CertFile == "" || a.Password == "" {
		return "", app.Usage(fmt.Errorf("--listen %s: other machines can reach this address", a.Listen),
			"that needs TLS and a password: --cert FILE --key FILE, and "+PasswordVariable+" in the environment; without them, listen on 127.0.0.1")
	}
	return a.Listen, nil
}

// isLoopback reports whether only this machine can reach a host.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// listen begins to listen. at is the host and the port for browsers. names reports whether the
// host of a request is one of this page.
func (a Access) listen() (l net.Listener, at string, names func(host string) bool, err error) {
	address, err := a.check()
	if err != nil {
		return nil, "", nil, err
	}
	var cert tls.Certificate
	if a.CertFile != "" {
		if cert, err = tls.LoadX509KeyPair(a.CertFile, a.KeyFile); err != nil {
			return nil, "", nil, app.Usage(fmt.Errorf("reading the certificate: %w", err), "--cert and --key name PEM files")
		}
	}
	if l, err = net.Listen("tcp", address); err != nil {
		return nil, "", nil, &app.Error{Code: app.ExitFailed, Err: fmt.Errorf("--listen %s: %w", address, err), Hint: "is another program there? Port 0 is a free one"}
	}
	l = limit(l, mostConnections)
	host, _, _ := net.SplitHostPort(address)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	known := func(name string) bool {
		return name == host || isLoopback(name) || cert.Leaf != nil && cert.Leaf.VerifyHostname(name) == nil
	}
	if a.CertFile != "" {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	}
	shown := host
	if host == "" || net.ParseIP(host).IsUnspecified() {
		shown = nameIn(cert.Leaf)
	}
	return l, net.JoinHostPort(shown, port), func(hostPort string) bool {
		name, p, err := net.SplitHostPort(hostPort)
		if err != nil {
			name, p = hostPort, map[bool]string{true: "443", false: "80"}[a.CertFile != ""]
		}
		return p == port && known(name)
	}, nil
}

// nameIn returns a name that a certificate is for, or else an address of this machine.
func nameIn(cert *x509.Certificate) string {
	if cert != nil {
		for _, name := range cert.DNSNames {
			if !strings.Contains(name, "*") {
				return name
			}
		}
		for _, ip := range cert.IPAddresses {
			return ip.String()
		}
	}
	return "127.0.0.1"
}
