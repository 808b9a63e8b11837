package ftpserver

import (
	"time"

	"github.com/spf13/afero"
	"golang.org/x/text/encoding"
)

// Security says how the control connection is protected.
type Security int

const (
	Plain    Security = iota // no TLS
	Explicit                 // AUTH TLS after the greeting (RFC 4217)
	Implicit                 // TLS from the first byte
)

// Format is the form of the lines that LIST sends.
type Format int

const (
	Unix Format = iota // as ls -l prints them
	DOS                // as IIS prints them: 11-22-26  04:02PM  <DIR>  name
)

// Options describe a server. The zero value is a server without TLS over an empty directory in memory, with every
// command it knows.
type Options struct {
	Addr     string   // host:port to listen on, a loopback address; "" for 127.0.0.1 and a free port
	Root     string   // the directory that clients see as "/"; nothing outside it can be reached, not even by a link
	Files    afero.Fs // the files, instead of Root; without either, an empty directory in memory
	User     string   // "" for "ferry"
	Password string   // "" for "secret"
	ReadOnly bool     // refuse every change with 550

	TLS          Security
	ForceTLS     bool   // refuse a login without TLS (530), and data in clear (522)
	RequireReuse bool   // refuse a data connection that does not resume the control connection's session (522)
	TLSMin       uint16 // lowest version, as in crypto/tls; 0 for 1.2
	TLSMax       uint16 // highest version; 0 for 1.3

	PassiveLow, PassiveHigh int           // range of passive ports, both included; 0 for any free port
	DataTimeout             time.Duration // longest wait for a data connection; 0 for 15 s

	MaxConnections int    // most sessions at once; 0 for any number
	TooMany        string // reply to a session above that number; "" for a 421
	TooManyAtLogin bool   // send that reply after PASS, not as the greeting (ProFTPD, with 530)

	NoMLSD      bool // neither MLSD nor MLST
	NoMFMT      bool
	NoMDTM      bool
	NoEPSV      bool
	NoPASV      bool
	NoEPRT      bool
	NoActive    bool // neither PORT nor EPRT
	NoPassive   bool // neither PASV nor EPSV
	Foreign     bool // PORT may name any address, and anybody may connect to a passive port: for transfers between servers
	SSCN, CPSV  bool // the server can be the TLS client of another server
	ForeignPORT bool // PORT may name any address, and only the client may connect to a passive port
	NoREST      bool
	RESTShift   int64 // what follows REST begins so many bytes further on
	NoSIZE      bool
	NoUTF8      bool    // FEAT does not say UTF8
	Unquotes    bool    // a path may be in quotes
	MDTMSets    bool    // MDTM with a time sets it (vsftpd)
	Hash        bool    // HASH, XCRC, XMD5, XSHA1, XSHA256, XSHA512
	HideDots    bool    // LIST and NLST leave out names with a leading dot; LIST -a shows them, and "." and ".."
	NoDashA     bool    // LIST takes -a for a name
	CdirInMLSD  bool    // MLSD begins with the directory itself as type=cdir (ProFTPD, Pure-FTPd)
	Deflate     Deflate // what becomes of MODE Z
	NoOverwrite bool    // RNTO to a name that exists is refused with 550

	Encoding      encoding.Encoding // names are sent in this encoding, and other characters become "?"; nil for UTF-8
	Telnet        bool              // 0xFF begins a Telnet command, and two stand for one
	TelnetReplies bool              // two stand for one in replies only (vsftpd)

	Greeting string            // the greeting; "" for ferry's own
	System   string            // reply to SYST; "" for that of the library
	Features string            // the reply to FEAT, whatever the server understands; "" for a true one
	Texts    map[string]string // replies of one line to send instead, by verb and code as "CWD 250" or by code

	FoldCase bool // names that differ only in case are one; only with Root

	List  Format              // form of LIST
	Line  func(Listed) string // lines of LIST, instead of List
	Facts func(Listed) string // the facts in lines of MLSD, up to the last ";"
	Zone  *time.Location      // zone of the times in LIST; nil for UTC. MLSD and MDTM are always UTC

	Faults []Fault // faults from the start, so that they can strike the first greeting
}

func (o *Options) setDefaults() {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.User == "" {
		o.User = "ferry"
	}
	if o.Password == "" {
		o.Password = "secret"
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.DataTimeout == 0 {
		o.DataTimeout = 15 * time.Second
	}
	if o.TooMany == "" {
		o.TooMany = "421 There are too many connected users, please try later."
	}
}
