package ftp

import (
	"crypto/tls"
	"log/slog"
	"net"
	"strconv"
	"time"
)

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

// Options say which server to talk to, and how. The zero value of every field
// but Host works.
type Options struct {
	Host string
	Port int // 0: the security's own
	User string
	// Password is asked for once, at the first login. Nil: an empty password. An
	// empty User logs in as anonymous.
	Password func() (string, error)

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
	Timeout     time.Duration // the longest silence on any wait; 0: 30 s
	Retries     int           // attempts after the first; 0: 3; negative: none

	BytesUp, BytesDown int64 // per second over all sessions; 0: no limit

	// StateDir is where what was learnt of servers is kept; "": nowhere.
	StateDir string
	// Log receives what is worth knowing; the FTP dialogue at LevelDialogue, with
	// secrets hidden. Nil: nothing is logged.
	Log *slog.Logger
	// Notice receives the few remarks that a user should see (a pool that shrank,
	// a mode that stopped working). It may be nil.
	Notice func(text string)

	// Backoff returns the wait before retry number attempt, from 0. Nil: half a
	// second, doubled each time, 10 s at most, with jitter.
	Backoff func(attempt int) time.Duration
	// ModeTrial is how long a data mode that is not known to work may take to give a
	// connection; 0: 4 s.
	ModeTrial time.Duration

	treatAsRemote bool // tests: the server is not on this machine
}

// LevelDialogue is the level at which the FTP dialogue is logged.
const LevelDialogue = slog.LevelDebug - 4

func (o Options) WithDefaults() Options {
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
	if o.Backoff == nil {
		o.Backoff = backoff
	}
	if o.ModeTrial <= 0 {
		o.ModeTrial = trialLimit
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
