package cli

import (
	"context"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/report"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const verifyHelp = `Compare the contents of both sides, name what differs, and change nothing.

  only local    css/new.css  4.1 kB
  only remote   data/log.txt  18 kB
  different     index.html  4.1 kB on both sides, with different contents

What ferry remembers of earlier passes plays no part, nor do size and time: files of
equal size are compared by the hash that the server tells, where it tells one that has
proved right, and otherwise they are downloaded and compared, without being written.
What is ignored is not compared. A watch of the pair can go on meanwhile.

EXIT STATUS
   0 both sides are the same
   2 wrong usage or configuration
   3 something could not be read, or changed while it was read, so that the comparison
     is not whole
   4 could not connect or log in
  10 they differ`

// register registers the options of a comparison.
func (f *passFlags) registerVerify(flags *pflag.FlagSet) {
	f.connectFlags.register(flags)
	f.registerPatterns(flags)
	f.registerFilters(flags)
	f.registerOnly(flags)
	f.maxEntries.add(flags, "max-entries", "stop where a side has more than `N` files and directories (default 5000000)", config.ParseCount)
	f.maxListing.add(flags, "max-listing", "do not read a directory of the server with more than `N` entries (default 1000000)", config.ParseCount)
	f.bwlimit.add(flags, "bwlimit", "receive at most `RATE[:RATE]` bytes a second (up:down), as 2MiB:10MiB", parseRates)
	addBool(flags, &f.followLinks, "follow-links", "read local links that stay inside the root as what they point to")
}

func verifyCommand(prog *program) *cobra.Command {
	var flags passFlags
	cmd := &cobra.Command{
		Use:   "verify [PROFILE... | LOCAL URL]",
		Short: "Compare the contents of both sides, and change nothing",
		Long:  verifyHelp,
		Example: `  ferry verify site
  ferry verify ./public ftpes://deploy@example.com/htdocs --only css/
  ferry verify photos --json`,
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.registerVerify(cmd.Flags())
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		pairs, err := prog.passPairs(args, &flags, nil)
		if err != nil {
			return err
		}
		for _, p := range pairs {
			if p.Blind {
				return onlyPushIsBlind()
			}
		}
		return exit(worstOf(cmd.Context(), pairs, func(p *app.Pair) int { return prog.verify(cmd.Context(), p, len(pairs) > 1) }))
	})
	return cmd
}

// verify compares the two sides of a pair, and returns the exit code.
func (prog *program) verify(ctx context.Context, p *app.Pair, titled bool) int {
	head := headOf(p, true, titled)
	prog.sayHead(head)
	show := report.NewVerification(head, prog.reports())
	result, err := prog.opener().Verify(ctx, p, show.Progress)
	prog.endWait()
	if err != nil && ctx.Err() != nil {
		err = app.Interrupted()
	}
	code := app.VerifyCode(result, err)
	show.End(result, err, code)
	if err != nil {
		prog.failPair(head, p, err)
	}
	return code
}
