package check

import (
	"time"

	"ferry/internal/ftp"
)

// A Report is what [Run] found out about a server. What is empty or nil could not
// be found out.
type Report struct {
	Address  string `json:"address"`  // host:port
	Security string `json:"security"` // ftp, ftpes or ftps
	User     string `json:"user"`
	Greeting string `json:"greeting"`
	System   string `json:"system,omitempty"`

	Root      string `json:"root"`       // absolute path
	RootThere bool   `json:"root_there"` // it exists and is a directory

	TLS      *TLSReport `json:"tls,omitempty"`
	Features []string   `json:"features"`

	// RefusesListing says that the server refuses to list the directory, so that no mode
	// could be tried.
	RefusesListing bool         `json:"listing_refused,omitempty"`
	Modes          []*ftp.Trace `json:"modes"`          // of EPSV, PASV, EPRT and PORT
	Mode           string       `json:"mode,omitempty"` // the one that ferry uses; "": none works

	List     string `json:"list,omitempty"` // the command to list with
	Dotfiles string `json:"dotfiles"`       // "shown", "hidden" or "unknown"
	SetTime  string `json:"set_time"`       // the command that sets times, "none" or "unknown"

	// ModeZ says in words whether the server compresses what goes over data connections; "": that is
	// not known.
	ModeZ string `json:"mode_z,omitempty"`

	Clock *ClockReport `json:"clock,omitempty"`

	RoundTrip time.Duration `json:"round_trip_ns"` // median
	// Connections is how many sessions the server allowed at the same time;
	// ConnectionsAsked is how many were asked for.
	Connections      int `json:"connections"`
	ConnectionsAsked int `json:"connections_asked"`

	// ToServers says whether the server would send to another server, as "ferry copy" may ask
	// it to: "allowed" or "refused", with its reply; "": that is not known.
	ToServers      string `json:"to_servers,omitempty"`
	ToServersReply string `json:"to_servers_reply,omitempty"`
	// FromServers says the same of another server that connects to this one, which ToServers
	// has to allow for it to be found out. Between shows how both were found out: the server's
	// first session sent to its second one.
	FromServers      string `json:"from_servers,omitempty"`
	FromServersReply string `json:"from_servers_reply,omitempty"`
	Between          *Way   `json:"between,omitempty"`

	// Trials says which operations work, where that was asked for. Left is what they left
	// on the server, an absolute path; "": nothing.
	Trials []Trial `json:"trials,omitempty"`
	Left   string  `json:"left,omitempty"`

	// Setgid are directories whose group is that of all that is made in them, absolute paths.
	// Only some directories are looked at.
	Setgid []string `json:"setgid,omitempty"`

	Notes []string `json:"notes,omitempty"`
}

// A TLSReport says how the connections are protected.
type TLSReport struct {
	Version     string    `json:"version"`
	Cipher      string    `json:"cipher"`
	Fingerprint string    `json:"fingerprint"` // sha256: and hex digits
	Subject     string    `json:"subject"`
	Expires     time.Time `json:"expires"`
	Trust       string    `json:"trust"` // "chain", "fingerprint" or "anything (insecure)"
	// Resumed says whether data connections resume the TLS session of the control
	// connection; nil where no data connection worked.
	Resumed *bool `json:"resumed,omitempty"`
}

// A ClockReport is what the time of a file that was just written shows about the
// server's clock.
type ClockReport struct {
	// Ahead is how far the server's clock is ahead of ours, without its time zone.
	Ahead time.Duration `json:"ahead_ns"`
	// Zone is how far the times of MDTM and MLSD are ahead of UTC. RFC 3659, section
	// 2.3, requires 0.
	Zone time.Duration `json:"zone_ns"`
	// ListZone is the same for LIST; nil where LIST is not used.
	ListZone *time.Duration `json:"list_zone_ns,omitempty"`
}
