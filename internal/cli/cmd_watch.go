package cli

import (
	"errors"
	"time"

	"ferry/internal/app"
	"ferry/internal/cli/page"
	"ferry/internal/config"

	"github.com/spf13/cobra"
)

const watchHelp = `Keep each pair in sync until told to stop: local changes are sent as soon as nothing
more happens to a file, and the server is polled for changes (--poll). The
direction is that of the profile, or both ways where it has none. Profiles with
deploy: are left out and named: "ferry deploy" is for them.

A pair that cannot be kept in sync for now is not given up. It is "waiting" while
the server or the network is away, and goes on by itself. It is "halted" when
somebody has to decide, for instance about deletions above --max-delete, and says
what to do. "ferry status" asks a running watch; "ferry conflicts --keep" and
"ferry trash restore" work beside it.

Changes of ferry.yaml and of the ignore files take effect within seconds, or at
once on SIGHUP, which also makes waiting pairs try again. A file with a mistake is
reported, and the watch goes on as before.

On a terminal there is one line for each pair, and above it what was done; -v
names each file. Elsewhere every line has its time, and in the journal its
priority. --json writes what the other commands write, and {"type": "state", ...}
for every change of state.

As a service, it tells systemd about readiness, status and watchdog (Type=notify).

EXIT STATUS
    0 stopped by SIGTERM
    2 wrong usage or configuration, or a password that nobody can be asked for
    7 another run holds the pair, and it is the only one (not with --wait)
  130 interrupted with Ctrl-C`

// watchFlags are the options of watch.
type watchFlags struct {
	passFlags
	poll value[time.Duration]

	page   page.Flags
	served bool // the dashboard is
}

func watchCommand(prog *program) *cobra.Command {
	var flags watchFlags
	cmd := &cobra.Command{
		Use:   "watch [PROFILE... | LOCAL URL]",
		Short: "Keep the two sides in sync until stopped",
		Long:  watchHelp,
		Example: `  ferry watch                       every profile of ferry.yaml
  ferry watch site photos -v
  ferry watch ./public ftpes://deploy@example.com/htdocs --poll 5m`,
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.register(cmd.Flags())
	flags.direction.register(cmd.Flags())
	cmd.Flags().BoolVar(&flags.served, "dashboard", false, "serve a page that shows the pairs, see \"ferry help dashboard\"")
	flags.page.Register(cmd.Flags())
	flags.poll.add(cmd.Flags(), "poll", "look at the server every `DURATION` while something happens there (default 30s)", config.ParseDuration)
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		if err := flags.checkWatch(prog); err != nil {
			return err
		}
		return prog.watch(cmd.Context(), args, &flags)
	})
	return cmd
}

// checkWatch refuses options that take a rail away for one pass: a watch makes
// thousands.
func (f *watchFlags) checkWatch(prog *program) error {
	switch {
	case prog.common.dryRun:
		return app.Usage(errors.New("--dry-run prints one plan, and watch makes many passes"), "\"ferry status\" prints what a pass would do")
	case !f.served && f.page.Given():
		return app.Usage(errors.New("--listen, --cert and --key are about the dashboard"), "add --dashboard")
	case f.blind.v:
		return onlyPushIsBlind()
	case f.allowDeletes:
		return onceOnlyOption("--allow-deletes")
	case f.acceptEmpty:
		return onceOnlyOption("--accept-empty")
	}
	return nil
}

func onceOnlyOption(name string) error {
	return app.Usage(errors.New(name+" is for one pass, and watch makes many"), "make the one pass with \"ferry sync "+name+"\", then watch")
}
