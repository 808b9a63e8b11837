package app

import (
	"context"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"ferry/internal/ftp/pool/shared"
	"ferry/internal/keyring"
)

// Options are what the work on pairs needs from its surroundings. All but StateDir
// may be left out.
type Options struct {
	// StateDir is the absolute path of the directory in which ferry remembers things,
	// see [Workspace.StateDir].
	StateDir string
	// Home is the home directory, where .netrc is looked for.
	Home string
	// Getenv reads a variable of the environment.
	Getenv func(name string) string
	Now    func() time.Time
	Log    *slog.Logger
	Talk   Talker
	// Command is the command that works on pairs, as "trash restore", for the history; "":
	// nothing is written into it.
	Command string
	// Verbose also notes work on the side, as what was removed from the trash. Quiet
	// keeps what hooks print to itself unless the hook fails.
	Verbose, Quiet bool
	// NoWebServer says that no web server shows the directories on the server. Then there
	// is no warning that it may show the trash.
	NoWebServer bool
	// Dialing is called before the server of a pair is connected to, when the password is
	// known and nobody will be asked for anything any more; it may be nil.
	Dialing func()
	// Keyring is that of the user; nil: there is none.
	Keyring keyring.Keyring
	// AskPassword asks a person for a password, until ctx is cancelled.
	AskPassword func(ctx context.Context, prompt string) (string, error)
	// Stderr is where a command that prints a password may write.
	Stderr io.Writer
	// KeepSessions leaves sessions open for the next pair on the same server, until
	// [Opener.Close].
	KeepSessions bool
	// Open opens a pair for passes in place of this package; it is for tests.
	Open func(ctx context.Context, p *Pair, o PassOptions) (*OpenPair, error)
}

// An Opener opens pairs, and does what takes no more than that. It is used by one
// goroutine at a time, except by [Watch].
type Opener struct {
	Options
	publishedTold atomic.Bool     // the user knows that a web server may show the trash
	historyTold   atomic.Bool     // the user knows that the history could not be written
	once          *saidOnce       // nil: everything may be said again
	typed         *typedPasswords // nil: nothing is remembered
	servers       *shared.Servers // what all pairs share of them; nil: nothing
}

// NewOpener returns an opener.
func NewOpener(o Options) *Opener {
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Talk == nil {
		o.Talk = silence{}
	}
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	return &Opener{Options: o, servers: shared.New(o.KeepSessions)}
}

// Close ends the sessions that were kept. Pairs that are open keep theirs.
func (o *Opener) Close() error { return o.servers.Close() }

// warnPublishedTrash warns once that a web server which serves the directory on the server
// may serve the old versions in the trash, too. It may be called from any goroutine.
func (o *Opener) warnPublishedTrash(p *Pair) {
	if !o.NoWebServer && o.publishedTold.CompareAndSwap(false, true) {
		o.Talk.Warn("old versions are kept below .ferry/ in %s; if a web server serves that directory, deny it or use --trash off", p.Remote)
	}
}

func (o *Opener) note(text string) { o.Talk.Note("%s", text) }
