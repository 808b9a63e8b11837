package realftp

import (
	"errors"
	"fmt"
	"slices"
)

// User and Password are the account on every server.
const (
	User     = "sync"
	Password = "secret"
)

// OtherPassword is the only other password that Server.StartAgain accepts.
const OtherPassword = "changed"

// passwordHashes holds the passwords as hashed by crypt(3), for account files.
var passwordHashes = map[string]string{
	Password:      "$6$ferrytest$cF6wORyQRK44IaRx2VnTBXllw4M3GAr90ZuFxe/ai.ItwJDUGMBHcI1hnKlYnkgSL615PqG8v3QrARAcfenUw/",
	OtherPassword: "$6$ferrychanged$np6pOTQ1yslfirXmBs1lujwyWrktBucwD0JJUisvN4E9lHPV66HDgGJCIYW.hJo8on6End4OEuL3Sr4SLxEO20",
}

// Security says how the control connection is protected.
type Security int

const (
	Plain    Security = iota // no TLS
	Explicit                 // AUTH TLS (RFC 4217)
	Implicit                 // TLS from the first byte; not Pure-FTPd
)

// Options configure a server. The zero value is a server without TLS, with all its commands, in UTC. LIST then shows
// dotfiles as the server does by default: vsftpd, ProFTPD and Pure-FTPd only with -a, pyftpdlib always. Not every
// server has every option; see Supports.
type Options struct {
	TLS          Security
	ForceTLS     bool   // no login and no data without TLS
	RequireReuse bool   // data connections must resume the TLS session of the control connection: vsftpd, ProFTPD
	TLSMin       string // lowest version, "1.2" or "1.3"; "" for the default of the server
	TLSMax       string // highest version

	Host                    string // listen at this address of the machine instead of loopback
	IPv6                    bool   // listen on ::1 instead of 127.0.0.1
	NoActive                bool   // PORT and EPRT are refused: not Pure-FTPd
	NoPassive               bool   // PASV and EPSV are refused: not Pure-FTPd
	Foreign                 bool   // data connections may lead to other addresses than that of the client
	PassiveLow, PassiveHigh int    // range of passive ports, both included
	MaxConnections          int    // sessions at once from one address

	Zone      string // TZ of the server, as "America/New_York"; "" is UTC
	LocalTime bool   // LIST in the zone of the server: vsftpd (MDTM too), ProFTPD, pyftpdlib (MDTM and MLSD too)

	ShowDots    bool // LIST shows dotfiles: vsftpd, ProFTPD, Pure-FTPd
	NoMFMT      bool // times cannot be set by MFMT: ProFTPD, pyftpdlib
	NoMLSD      bool // MLSD is not advertised (ProFTPD) or does not exist (pyftpdlib)
	NoMDTMWrite bool // times cannot be set by MDTM: vsftpd
	NoOverwrite bool // neither STOR nor RNTO replaces a file: ProFTPD
	Deflate     bool // MODE Z: ProFTPD
	ReadOnly    bool // vsftpd, ProFTPD, pyftpdlib

	Extra []string // further lines of configuration: vsftpd, ProFTPD; further arguments: Pure-FTPd
}

// Names returns the names of the servers that have options, in a fixed order.
func Names() []string { return []string{"vsftpd", "proftpd", "pureftpd", "pyftpdlib"} }

// Supports returns an error if a server lacks one of the options. The error names the option.
func Supports(name string, o Options) error {
	if _, is := others[name]; is {
		if err := supportsOther(name, o); err != nil {
			return err
		}
	} else if !slices.Contains(Names(), name) {
		return fmt.Errorf("no server is called %q", name)
	}
	for _, c := range []struct {
		asked  bool
		option string
		have   []string
	}{
		{o.TLS == Implicit, "implicit TLS", []string{"vsftpd", "proftpd", "pyftpdlib"}},
		{o.RequireReuse, "RequireReuse", []string{"vsftpd", "proftpd"}},
		{o.NoActive, "NoActive", []string{"vsftpd", "proftpd", "pyftpdlib"}},
		{o.NoPassive, "NoPassive", []string{"vsftpd", "proftpd", "pyftpdlib"}},
		{o.Foreign, "Foreign", Names()},
		{o.LocalTime, "LocalTime", []string{"vsftpd", "proftpd", "pyftpdlib"}},
		{o.ShowDots, "ShowDots", []string{"vsftpd", "proftpd", "pureftpd"}},
		{o.NoMFMT, "NoMFMT", []string{"proftpd", "pyftpdlib"}},
		{o.NoMLSD, "NoMLSD", []string{"proftpd", "pyftpdlib"}},
		{o.NoMDTMWrite, "NoMDTMWrite", []string{"vsftpd"}},
		{o.NoOverwrite, "NoOverwrite", []string{"proftpd"}},
		{o.Deflate, "Deflate", []string{"proftpd"}},
		{o.ReadOnly, "ReadOnly", []string{"vsftpd", "proftpd", "pyftpdlib"}},
		{len(o.Extra) > 0, "Extra", []string{"vsftpd", "proftpd", "pureftpd"}},
	} {
		if c.asked && !slices.Contains(c.have, name) {
			return fmt.Errorf("%s has no option %s", name, c.option)
		}
	}
	if (o.PassiveLow == 0) != (o.PassiveHigh == 0) || o.PassiveLow > o.PassiveHigh {
		return errors.New("PassiveLow and PassiveHigh are not a range")
	}
	return nil
}
