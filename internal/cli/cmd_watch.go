package cli

import (
	"errors"
	"time"

	"ferry/internal/app"
	"ferry/internal/config"

	"github.com/spf13/cobra"
)

const watchHelp = `Stay, and keep each pair in step until told to stop: what changes in the local
directory is on the server as soon as it has come to rest, and the server is
looked at again and again (--poll). The direction is the one that the profile
names, and both ways where it names none.

A pair that cannot be kept in step for now is not given up. It is "waiting" where
the server or the network is away, and goes on by itself; it is "halted" where
somebody has to decide, as with deletions above --max-delete, and says what is to
be done. "ferry status" asks a running watch; "ferry conflicts --keep" and "ferry
trash restore" work beside it.

ferry.yaml and the ignore files may change meanwhile: what changed is taken over
within seconds, or at once on SIGHUP, which also has pairs that wait try again. A
file with a mistake is reported, and what ran goes on.

On a terminal there is one line a pair, and above it what was done; -v names each
file. Elsewhere every line has its time, and in the journal its priority. --json
writes what the other commands write, and {"type": "state", ...} for every change
of state.

As a service: readiness, status and watchdog are told to systemd (Type=notify).

EXIT STATUS
    0 stopped by SIGTERM
    2 wrong usage or configuration, or a password that nobody can be asked for
    7 another run holds the pair, and it is the only one (not with --wait)
  130 interrupted with Ctrl-C`

// watchFlags are the options of watch.
type watchFlags struct {
	passFlags
	poll value[time.Duration]
}

func watchCommand(prog *program) *cobra.Command {
	var flags watchFlags
	cmd := &cobra.Command{
		Use:   "watch [PROFILE... | LOCAL URL]",
		Short: "Stay, and keep the two in step",
		Long:  watchHelp,
		Example: `  ferry watch                       every profile of ferry.yaml
  ferry watch site photos -v
  ferry watch ./public ftpes://deploy@example.com/htdocs --poll 5m`,
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.register(cmd.Flags())
	for _, name := range []string{"allow-deletes", "accept-empty"} {
		_ = cmd.Flags().MarkHidden(name) // said to a watch they are an error
	}
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
		return app.Usage(errors.New("--dry-run makes a plan and ends, and watch stays"), "\"ferry status\" prints what a pass would do")
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
