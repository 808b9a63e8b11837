package config

import (
	"slices"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/charset"
	"ferry/sync"
	"ferry/sync/filter"
)

// A Profile is one pair of directories and how to keep it in step. [NewProfile],
// [Parse] and [Pair] return one with the defaults set.
type Profile struct {
	Name string
	// ID names the pair in the state directory, wherever its local directory is; "": the
	// path of that does.
	ID string
	// File is the absolute path of the configuration file that the profile is from,
	// "" for a pair from the command line.
	File string
	// Local is an absolute path in the form of this operating system.
	Local  string
	Remote Remote // with the user of user:

	Direction sync.Direction
	Conflict  sync.ConflictRule
	Limits    sync.Limits
	Exact     bool
	Adopt     bool
	Checksum  bool
	Verify    bool // push, pull: list everything on the target, not only the directories that are touched
	Blind     bool // push: do not look at the server, which is a drop box
	Trash     bool // keep what is replaced or deleted
	// TrashSet says that Trash was given, and is not the default: by default a push
	// keeps nothing on the server.
	TrashSet bool
	// TrashKeep is how long the trash keeps a file, and TrashSize how many bytes it
	// may hold on each side; 0: no limit.
	TrashKeep time.Duration
	TrashSize int64
	// LogKeep is how long the history of the pair is kept; 0: there is none; negative: for
	// ever.
	LogKeep time.Duration

	// MaxSize is the size in bytes of the largest file that passes touch, and MinAge how
	// long ago it must have been changed; 0: any.
	MaxSize int64
	MinAge  time.Duration

	// Password is the one from password:, or else from the URL.
	Password Secret
	// NoVariable says that FERRY_PASSWORD is another server's.
	NoVariable bool

	// Ignore is text in the syntax of .gitignore.
	Ignore string
	// IgnoreFile is the absolute path of a file in the same syntax, which must exist;
	// "": .ferryignore at the local root, if there is one.
	IgnoreFile  string
	FollowLinks bool
	CopyLinks   bool // both ways, as links
	// Permissions carries the permission bits of files over, both ways.
	Permissions bool

	Mode          ftp.Mode
	ActivePorts   [2]int // 0: any
	ActiveAddress string // "": that of the control connection
	TrustPASV     bool
	Pipeline      ftp.Pipeline
	Compress      Compress
	Encoding      string        // of the names on the server, as [charset.Names] has it; "": UTF-8
	Connections   int           // at most; 0: auto
	Segments      int           // connections for one large file; 0: as many as it takes
	Timeout       time.Duration // 0: the default
	Retries       int           // 0: the default; negative: none
	ListFormat    ftp.ListFormat
	MaxListing    int    // entries of one directory of the server; 0: the default
	CA            string // absolute path of a PEM file, or ""
	Fingerprint   string // 64 lower-case hex digits, or ""
	Insecure      bool
	ServerName    string // the name that the certificate must be for; "": the host of Remote
	BytesUp       int64  // per second; 0: no limit
	BytesDown     int64
	Machine       string        // names this machine in a lock on the server; "": a short form of its id does
	Poll          time.Duration // watch: how often to look at the server; 0: the default

	Hooks Hooks
	// MergeTool is a command, or the name of a known tool, that merges the versions of a
	// conflict; "": none.
	MergeTool string

	// Deploy says how the profile is deployed; nil: it is not.
	Deploy *Deploy
}

// Hooks are shell commands, or URLs that start with http:// or https://. An empty
// hook does nothing.
type Hooks struct {
	Before, After, OnConflict, OnError string
	// Timeout is how long each of them may take; 0: the default.
	Timeout time.Duration
	// Staged runs in a deploy when everything is on the server and nothing is live yet.
	Staged string
	// Marked puts what happened to it before each path that a hook gets.
	Marked bool
}

// All returns the commands and URLs that are set.
func (h Hooks) All() []string {
	return slices.DeleteFunc([]string{h.Before, h.Staged, h.After, h.OnConflict, h.OnError}, func(s string) bool { return s == "" })
}

// NewProfile returns a profile with the defaults set.
func NewProfile(name string) *Profile {
	return &Profile{Name: name, Limits: sync.NewLimits(), Trash: true, TrashKeep: 30 * 24 * time.Hour, LogKeep: 90 * 24 * time.Hour}
}

// NeedsLook returns the key of a setting for which a pass has to look at the server, "" where
// there is none.
func (p *Profile) NeedsLook() string {
	for _, one := range []struct {
		set  bool
		name string
	}{{p.Exact, "exact"}, {p.Checksum, "checksum"}, {p.Verify, "verify"}, {p.Adopt, "adopt"}} {
		if one.set {
			return one.name
		}
	}
	return ""
}

// Policy returns the policy that the profile asks for.
func (p *Profile) Policy() sync.Policy {
	return sync.Policy{
		Direction: p.Direction,
		Conflict:  p.Conflict,
		Exact:     p.Exact,
		Adopt:     p.Adopt,
		Checksum:  p.Checksum,
		Trash:     [2]bool{p.Trash, p.Trash && !p.Blind},
		NoMoves:   p.Blind,
		CopyLinks: p.CopyLinks,
		Bounds:    filter.Bounds{MaxSize: p.MaxSize, MinAge: p.MinAge},
	}
}

// ServerOptions returns the options for the server. The caller sets Password, TLS
// (for CA), StateDir, Log and Notice.
func (p *Profile) ServerOptions() ftp.Options {
	return ftp.Options{
		Host:          p.Remote.Host,
		Port:          p.Remote.Port,
		User:          p.Remote.User,
		Security:      p.Remote.Security,
		Fingerprint:   p.Fingerprint,
		Insecure:      p.Insecure,
		ServerName:    p.ServerName,
		Mode:          p.Mode,
		ActivePorts:   p.ActivePorts,
		ActiveAddress: p.ActiveAddress,
		TrustPASV:     p.TrustPASV,
		Pipeline:      p.Pipeline,
		Compress:      p.Compress,
		Connections:   p.Connections,
		Segments:      p.Segments,
		Timeout:       p.Timeout,
		Retries:       p.Retries,
		ListFormat:    p.ListFormat,
		MaxListing:    p.MaxListing,
		Charset:       p.Charset(),
		BytesUp:       p.BytesUp,
		BytesDown:     p.BytesDown,
	}
}

// Charset returns the encoding of the names on the server, nil where none is set.
func (p *Profile) Charset() *charset.Charset {
	if p.Encoding == "" {
		return nil
	}
	c, _ := charset.Find(p.Encoding) // it was found when the profile was read
	return c
}
