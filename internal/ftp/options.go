package ftp

import (
	"context"
	"crypto/tls"
	"log/slog"
	"math/rand/v2"
	"net"
	"strconv"
	"time"

	"ferry/internal/ftp/charset"
	"ferry/internal/ftp/datamode"
	"ferry/internal/ftp/deflate"
)

// Pipeline says whether several commands may await their replies at a time.
type Pipeline uint8

// The choices. With PipelineOn a server that turns out to handle several commands
// badly gets one at a time from then on.
const (
	PipelineOn  Pipeline = iota
	PipelineOff          // the next command waits for the reply to the one before
)

// String returns "on" or "off".
func (p Pipeline) String() string {
	if p == PipelineOff {
		return "off"
	}
	return "on"
}

// MostConnections is the most sessions that a server gets where the user names no number.
const MostConnections = 10

// Options say which server to connect to, and how. The zero value of every field but
// Host works.
type Options struct {
	Host string
	Port int // 0: the port of Security
	User string
	// Password is called once, at the first login. Nil: an empty password. An empty
	// User logs in as anonymous.
	Password func() (string, error)

	Security Security
	// TLS holds the root certificates and other client settings; nil: the system's
	// roots. This package sets ServerName, the session cache and a MinVersion of TLS
	// 1.2.
	TLS *tls.Config
	// Fingerprint pins the server's certificate by its SHA-256, in any form that
	// [trust.ParseFingerprint] reads. Its chain and name are not checked then.
	Fingerprint string
	// ServerName is the name that the server's certificate must be for; "": Host.
	ServerName string
	// Insecure accepts any certificate.
	Insecure bool

	Mode Mode
	// ActivePorts are the first and the last port to listen on in active mode; 0: any
	// port.
	ActivePorts [2]int
	// ActiveAddress is the address or host name to send in PORT and EPRT, for a machine
	// behind a router that forwards ActivePorts; "": the local address of the control
	// connection.
	ActiveAddress string
	// TrustPASV connects to the address in a PASV reply even where it differs from the
	// server's. Otherwise only the port of the reply counts.
	TrustPASV bool
	// Pipeline says whether several commands may await their replies at a time.
	Pipeline Pipeline

	// Compress says when data go in MODE Z.
	Compress deflate.Choice

	// Connections is the most sessions at a time; 0: as many as pay, up to MostConnections.
	Connections int
	Timeout     time.Duration // longest silence in any wait; 0: 30 s
	Retries     int           // attempts after the first; 0: 3; negative: none
	Segments    int           // sessions that may read one large file; 0: as many as it takes

	// Charset is the encoding of the names on a server without UTF-8. Nil: names pass as
	// the bytes that they are.
	Charset *charset.Charset

	// MaxListing is the most entries that the listing of one directory may have; 0:
	// [listing.DefaultMost].
	MaxListing int

	// ListFormat is the format of all listings; with Auto each shows its own.
	ListFormat ListFormat
	// NoListing is set where nothing will be listed. Then the first login does not try which
	// command lists best.
	NoListing bool
	// ProbeLater leaves it to the first listing to show whether MLSD works, where FEAT lists it.
	// Without it the first login lists once to see that.
	ProbeLater bool

	BytesUp, BytesDown int64 // bytes per second of data over all sessions; 0: no limit

	// StateDir is the directory in which ferry remembers what servers can do; "":
	// nothing is remembered.
	StateDir string
	// Log receives notable events, and the FTP dialogue without secrets at
	// LevelDialogue. Nil: nothing is logged.
	Log *slog.Logger
	// Notice receives the few events that a user should hear of: the server allows
	// fewer connections, a data mode stopped working. It may be nil, and may be called
	// from several goroutines.
	Notice func(text string)

	// Backoff returns the wait before retry number attempt, from 0. Nil: half a
	// second, doubled each time, 10 s at most, with jitter.
	Backoff func(attempt int) time.Duration
	// ModeTrial is how long opening a data connection may take in a mode that is not
	// known to work; 0: 4 s.
	ModeTrial time.Duration

	// Gate is asked before each login of a pool; it may be nil.
	Gate Gate

	treatAsRemote bool // tests: the server is not on this machine
}

// Waits before another attempt.
const (
	backoffBase = 500 * time.Millisecond // before the first retry; doubled for each further one
	backoffMost = 10 * time.Second
)

// backoff returns the wait before retry number attempt, from 0.
func backoff(attempt int) time.Duration {
	d := min(backoffBase<<min(attempt, 10), backoffMost)
	return d/2 + rand.N(d)
}

// Sleep waits for d, or less when ctx is cancelled, which is the error.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// LevelDialogue is the level at which the FTP dialogue is logged.
const LevelDialogue = slog.LevelDebug - 4

// WithDefaults returns o with defaults in place of zero values. Calling it again changes
// nothing.
func (o Options) WithDefaults() Options {
	if o.Port == 0 {
		o.Port = o.Security.Port()
	}
	if o.User == "" {
		o.User = "anonymous"
	}
	if o.Connections <= 0 {
		o.Connections = MostConnections
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Retries == 0 { // a negative number must stay one when this is called again
		o.Retries = 3
	}
	if o.Backoff == nil {
		o.Backoff = backoff
	}
	if o.ModeTrial <= 0 {
		o.ModeTrial = datamode.TrialLimit
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	return o
}

// Address returns the address of the control connection, host:port.
func (o Options) Address() string {
	port := o.Port
	if port == 0 {
		port = o.Security.Port()
	}
	return net.JoinHostPort(o.Host, strconv.Itoa(port))
}
