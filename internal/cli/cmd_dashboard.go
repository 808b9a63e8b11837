package cli

import (
	"context"
	"fmt"

	"ferry/internal/cli/help"
	"ferry/internal/dashboard"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const dashboardHelp = `Open a page of this machine that shows the pairs that "ferry watch" keeps in sync, and
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

// dashboardFlags are the options of those who serve the page.
type dashboardFlags struct{ access dashboard.Access }

func (f *dashboardFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.access.Listen, "listen", "", "serve the page at `ADDRESS:PORT` (default a free port of 127.0.0.1)")
	flags.StringVar(&f.access.CertFile, "cert", "", "serve the page over TLS with the certificate in `FILE` (PEM)")
	flags.StringVar(&f.access.KeyFile, "key", "", "the `FILE` with the key of that certificate (PEM)")
}

func dashboardCommand(prog *program) *cobra.Command {
	var flags dashboardFlags
	var noOpen bool
	cmd := &cobra.Command{
		Use:   "dashboard",
		Short: "Open a page that shows the watched pairs",
		Long:  dashboardHelp,
		Example: `  ferry dashboard
  ferry dashboard --listen 127.0.0.1:8384 --no-open`,
		Args: help.Count(cobra.NoArgs),
		RunE: prog.run(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			serve, err := prog.dashboard(&flags, !noOpen)
			if err != nil {
				return err
			}
			prog.staying = true
			if err := serve(ctx); err != nil || ctx.Err() == nil {
				return err
			}
			if terminated(context.Cause(ctx)) {
				return nil
			}
			return exit(ExitInterrupted)
		}),
	}
	flags.register(cmd.Flags())
	cmd.Flags().BoolVar(&noOpen, "no-open", false, "print the address and open no browser")
	return cmd
}

// dashboard begins to listen, and says where. serve answers until its context ends. The
// address lets its reader in: it goes to a terminal only, and elsewhere a file has it that
// only the user can read.
func (prog *program) dashboard(flags *dashboardFlags, open bool) (serve func(context.Context) error, err error) {
	access := flags.access
	access.Password = prog.env.Getenv(dashboard.PasswordVariable)
	server, err := dashboard.New(dashboard.Options{
		Access: access, StateDir: prog.workspace().StateDir(), Version: buildVersion(), Now: prog.env.Now, Log: prog.log(),
	})
	if err != nil {
		return nil, err
	}
	file, remove, err := server.WayIn()
	if err != nil {
		return nil, err
	}
	where := "file " + file
	if prog.env.StderrTerminal {
		where = server.URL()
		if open && dashboard.OpenBrowser(file, prog.env.Getenv) {
			where += " (opened in your browser)"
		}
	}
	fmt.Fprintln(prog.stderr, "ferry: the dashboard is at", where)
	return func(ctx context.Context) error {
		defer remove()
		return server.Serve(ctx)
	}, nil
}
