// Package page serves the dashboard for the commands that do, and says where it is.
package page

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"ferry/internal/dashboard"

	"github.com/spf13/pflag"
)

// Help is the help of the command.
const Help = `Open a page of this machine that shows the pairs that "ferry watch" keeps in sync, and
what was done to them. It changes as they do. From it you can have a pair looked at
now, pause and resume it, settle conflicts, restore what is in the trash, and let the
deletions through that a halted pair waits for.

Only you can open it: it listens on this machine, and the address that is printed ends
with a token. Other machines can reach it only with --listen, a certificate and a
password of at least 12 characters in FERRY_DASHBOARD_PASSWORD.

The page knows only what running watches say, so that it shows nothing new of pairs that
nobody watches. "ferry watch --dashboard" serves it in the process of the watch.

EXIT STATUS
    0 stopped by SIGTERM
    1 the address cannot be listened on
    2 wrong usage
  130 interrupted with Ctrl-C`

// Flags are the options of those who serve the page.
type Flags struct{ access dashboard.Access }

// Register adds them.
func (f *Flags) Register(flags *pflag.FlagSet) {
	flags.StringVar(&f.access.Listen, "listen", "", "serve the page at `ADDRESS:PORT` (default a free port of 127.0.0.1)")
	flags.StringVar(&f.access.CertFile, "cert", "", "serve the page over TLS with the certificate in `FILE` (PEM)")
	flags.StringVar(&f.access.KeyFile, "key", "", "the `FILE` with the key of that certificate (PEM)")
}

// Given reports whether one of them was.
func (f *Flags) Given() bool { return f.access != dashboard.Access{} }

// A World is what the page needs of the program.
type World struct {
	StateDir, Version string
	Now               func() time.Time
	Log               *slog.Logger
	Getenv            func(string) string
	Stderr            io.Writer
	Terminal          bool // Stderr is one
}

// Start begins to listen, and says where. serve answers until its context ends. The
// address lets its reader in: it goes to a terminal only, and elsewhere a file has it that
// only the user can read. open has the browser open it.
func (f *Flags) Start(w World, open bool) (serve func(context.Context) error, err error) {
	access := f.access
	access.Password = w.Getenv(dashboard.PasswordVariable)
	server, err := dashboard.New(dashboard.Options{Access: access, StateDir: w.StateDir, Version: w.Version, Now: w.Now, Log: w.Log})
	if err != nil {
		return nil, err
	}
	file, remove, err := server.WayIn()
	if err != nil {
		return nil, err
	}
	where := "file " + file
	if w.Terminal {
		where = server.URL()
		if open && dashboard.OpenBrowser(file, w.Getenv) {
			where += " (opening it in your browser)"
		}
	}
	fmt.Fprintln(w.Stderr, "ferry: the dashboard is at", where)
	return func(ctx context.Context) error {
		defer remove()
		return server.Serve(ctx)
	}, nil
}
