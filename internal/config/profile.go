package config

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ferry/sync"
	"ferry/sync/remote"
)

// A Profile is one pair of directories and how to keep it in step. Use
// [NewProfile], [Parse] or [Pair] to get one with the usual settings.
type Profile struct {
	Name string
	// File is the absolute path of the configuration file that the profile stands
	// in, "" for a pair of the command line.
	File string
	// Local is an absolute path in the form of this system.
	Local  string
	Remote Remote // with the user of user:

	Direction sync.Direction
	Conflict  sync.ConflictRule
	Limits    sync.Limits
	Exact     bool
	Adopt     bool
	Checksum  bool
	Verify    bool // push, pull: list everything, not only what changed
	Trash     bool // keep what is replaced or removed
	// TrashSet says that Trash is what somebody asked for, and not the default:
	// a push keeps nothing on the server unless asked.
	TrashSet bool
	// TrashKeep is how long the trash keeps a thing and TrashSize how many bytes
	// it holds on each side; 0: no limit.
	TrashKeep time.Duration
	TrashSize int64

	// Password is that of password:, or else the one in the URL.
	Password Secret

	// Ignore is text in the syntax of .gitignore.
	Ignore string
	// IgnoreFile is the absolute path of a file of the same syntax that must be
	// there; "": .ferryignore at the local root, if there is one.
	IgnoreFile  string
	FollowLinks bool

	Mode          remote.Mode
	ActivePorts   [2]int // 0: any
	ActiveAddress string // "": the control connection's own
	TrustPASV     bool
	Pipeline      remote.Pipeline
	Connections   int           // the most; 0: the default
	Timeout       time.Duration // 0: the default
	Retries       int           // 0: the default; negative: none
	CA            string        // absolute path of a PEM file, or ""
	Fingerprint   string        // 64 lower-case hex digits, or ""
	Insecure      bool
	BytesUp       int64 // per second; 0: no limit
	BytesDown     int64
	Poll          time.Duration // watch: how often the server is looked at; 0: the default

	Hooks Hooks
}

// Hooks are commands for the shell, or URLs that start with http:// or https://;
// "" is none.
type Hooks struct {
	Before, After, OnConflict, OnError string
	// Timeout is how long each of them may take; 0: the default.
	Timeout time.Duration
}

// NewProfile returns a profile with the settings that hold where none are given.
func NewProfile(name string) *Profile {
	return &Profile{Name: name, Limits: sync.NewLimits(), Trash: true, TrashKeep: 30 * 24 * time.Hour}
}

// Policy returns what the profile says about decisions. Ignored is not set.
func (p *Profile) Policy() sync.Policy {
	return sync.Policy{
		Direction: p.Direction,
		Conflict:  p.Conflict,
		Exact:     p.Exact,
		Adopt:     p.Adopt,
		Checksum:  p.Checksum,
		Trash:     [2]bool{p.Trash, p.Trash},
	}
}

// RemoteOptions returns what the profile says about the server. Password, TLS
// (for CA), StateDir, Log and Notice are left to the caller.
func (p *Profile) RemoteOptions() remote.Options {
	return remote.Options{
		Host:          p.Remote.Host,
		Port:          p.Remote.Port,
		User:          p.Remote.User,
		Path:          p.Remote.Path,
		Absolute:      p.Remote.Absolute,
		Security:      p.Remote.Security,
		Fingerprint:   p.Fingerprint,
		Insecure:      p.Insecure,
		Mode:          p.Mode,
		ActivePorts:   p.ActivePorts,
		ActiveAddress: p.ActiveAddress,
		TrustPASV:     p.TrustPASV,
		Pipeline:      p.Pipeline,
		Connections:   p.Connections,
		Timeout:       p.Timeout,
		Retries:       p.Retries,
		BytesUp:       p.BytesUp,
		BytesDown:     p.BytesDown,
	}
}

// StateKey names the pair for what is remembered of it. It depends on the two
// directories alone: not on the name of the profile, nor on the scheme, so that
// going over to TLS keeps the memory. It is a file name of at most 60 ASCII
// characters, with a readable beginning.
func (p *Profile) StateKey() string {
	port := p.Remote.Port
	if port == p.Remote.Security.Port() {
		port = 0
	}
	path := p.Remote.Path
	if p.Remote.Absolute {
		path = "/" + path
	}
	local := filepath.ToSlash(filepath.Clean(p.Local))
	sum := sha256.Sum256([]byte(strings.Join([]string{
		local, p.Remote.Host, strconv.Itoa(port), p.Remote.User, path,
	}, "\x00")))
	return pairName(local, p.Remote.Host, 43) + "-" + hex.EncodeToString(sum[:8])
}

// pairName makes a name of at most limit characters of a local directory and a
// host.
func pairName(local, host string, limit int) string {
	base := local[strings.LastIndexByte(local, '/')+1:]
	var b strings.Builder
	gap := true // so that the name does not start with a dash or dot
	for _, r := range strings.ToLower(base + "-" + host) {
		plain := 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_'
		switch {
		case plain:
			b.WriteRune(r)
		case gap:
		case r == '.':
			b.WriteByte('.')
		default:
			b.WriteByte('-')
		}
		gap = !plain
	}
	name := b.String()
	return strings.TrimRight(name[:min(len(name), limit)], "-.")
}
