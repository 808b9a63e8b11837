package remote

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"
)

// Security says how the connection to the server is protected (RFC 4217).
type Security uint8

// The kinds of security. Once asked for, TLS is required: there is no way back
// to clear text.
const (
	Plain    Security = iota // ftp://
	Explicit                 // ftpes://, AUTH TLS on port 21
	Implicit                 // ftps://, TLS from the first byte on port 990
)

var schemes = [...]string{"ftp", "ftpes", "ftps"}

// Scheme returns the scheme of a URL with this security.
func (s Security) Scheme() string { return schemes[s] }

// Port returns the port that servers listen on for this security.
func (s Security) Port() int {
	if s == Implicit {
		return 990
	}
	return 21
}

// Mode says who opens data connections.
type Mode uint8

// The modes. Auto finds what works by trial and remembers it.
const (
	Auto    Mode = iota
	Passive      // EPSV or PASV: we connect to the server
	Active       // EPRT or PORT: the server connects to us
)

var modes = [...]string{"auto", "passive", "active"}

func (m Mode) String() string { return modes[m] }

// MarshalText implements [encoding.TextMarshaler].
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *Mode) UnmarshalText(text []byte) error {
	for i, name := range modes {
		if name == string(text) {
			*m = Mode(i)
			return nil
		}
	}
	return fmt.Errorf("%q is none of auto, passive, active", text)
}

// Pipeline says whether several commands may be on their way at a time.
type Pipeline uint8

// The ways. With PipelineOn a server that takes several commands badly gets
// them one at a time as well, from then on.
const (
	PipelineOn  Pipeline = iota
	PipelineOff          // the next command waits for the reply to the one before
)

func (p Pipeline) String() string {
	if p == PipelineOff {
		return "off"
	}
	return "on"
}

// Options say which directory of which server, and how to get at it. The zero
// value of every field but Host works.
type Options struct {
	Host string
	Port int // 0: the security's own
	User string
	// Password is asked for once, at the first login. Nil: an empty password. An
	// empty User logs in as anonymous.
	Password func() (string, error)
	// Path of the root, relative to the login directory; with Absolute set it
	// starts at the server's root.
	Path     string
	Absolute bool

	Security Security
	// TLS holds the roots and client settings; nil: the system's roots. Its
	// ServerName and session cache are set by this package.
	TLS *tls.Config
	// Fingerprint pins the SHA-256 of the server's certificate, in any form that
	// [ParseFingerprint] reads; then the chain and name are not checked.
	Fingerprint string
	// Insecure accepts any certificate.
	Insecure bool

	Mode Mode
	// ActivePorts are the first and last port to listen on in active mode; 0: any.
	ActivePorts [2]int
	// ActiveAddress is the address to name in PORT and EPRT, for a machine behind
	// a router that forwards ActivePorts; "": the control connection's own.
	ActiveAddress string
	// TrustPASV allows data connections to the address that a PASV reply names,
	// where it is not the server's own.
	TrustPASV bool
	// Pipeline off sends one command at a time.
	Pipeline Pipeline

	Connections int           // the most sessions at a time; 0: 4
	Many        bool          // open them all at once: there is much to do
	Timeout     time.Duration // the longest silence on any wait; 0: 30 s
	Retries     int           // attempts after the first; 0: 3; negative: none

	BytesUp, BytesDown int64 // per second over all sessions; 0: no limit

	// Owner names the machine and the state directory that a lock on the server is
	// held for; "": no lock is taken. OwnerHost names them for people.
	Owner, OwnerHost string
	// WaitLock waits for the lock of somebody else who is alive.
	WaitLock bool

	// StateDir is where what was learnt of servers is kept; "": nowhere.
	StateDir string
	// Log receives what is worth knowing; the FTP dialogue at LevelDialogue, with
	// secrets hidden. Nil: nothing is logged.
	Log *slog.Logger
	// Notice receives the few remarks that a user should see (a pool that shrank,
	// a mode that stopped working). It may be nil.
	Notice func(text string)

	far bool // tests: the server is not on this machine
}

// LevelDialogue is the level at which the FTP dialogue is logged.
const LevelDialogue = slog.LevelDebug - 4

func (o Options) withDefaults() Options {
	if o.Port == 0 {
		o.Port = o.Security.Port()
	}
	if o.User == "" {
		o.User = "anonymous"
	}
	if o.Connections <= 0 {
		o.Connections = 4
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Retries == 0 { // a negative number stays one, so that doing this twice changes nothing
		o.Retries = 3
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	return o
}

// Address returns host:port of the control connection.
func (o Options) Address() string {
	port := o.Port
	if port == 0 {
		port = o.Security.Port()
	}
	return net.JoinHostPort(o.Host, strconv.Itoa(port))
}

// Class says what kind of failure an error is; it is set where the error
// arises. It decides what happens next.
type Class uint8

// The classes.
const (
	Retry   Class = iota // may work on another session in a moment: 421, 425, 426, 450, 451, a broken or silent connection
	File                 // final for this file: 550, 551, 552, 553
	Busy                 // the server takes no more connections: 421 or 530 "too many"
	Server               // final for this server: it cannot do what is needed
	Login                // user, password or certificate refused
	Connect              // nobody answers there
)

// An Error is a failure on the server's side, with what was being done and the
// server's own words.
type Error struct {
	Op    string // what was being done, as "STOR", "listing", "connecting"
	Path  string // as the server knows it; "" where there is none
	Class Class
	Code  int    // of the reply; 0 where there was none
	Reply string // the server's text, cleaned of control characters
	Hint  string // a way out, for people; may be empty
	// Lost says that the command went out whole and that the connection broke
	// before its final reply was read: whether it was carried out is open.
	Lost bool
	Err  error // the cause; may be nil
}

func (e *Error) Error() string {
	s := e.Op
	if e.Path != "" {
		s += " " + strconv.Quote(e.Path)
	}
	if e.Code != 0 {
		s += fmt.Sprintf(": server says %d %s", e.Code, e.Reply)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// ClassOf returns the class of err, and false where it is no [Error].
func ClassOf(err error) (Class, bool) {
	var e *Error
	if errors.As(err, &e) {
		return e.Class, true
	}
	return Retry, false
}
