package cli

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/config"
	"ferry/sync/remote"

	"ferry/internal/ftp"

	"github.com/spf13/cobra"
)

const checkHelp = `Connect, and report what the server can do: how the connection is protected,
which data modes work and why the others do not, features, clock and time zone,
round-trip time and limits. A small file is written to the directory, where it
is there, to see whether times can be set, and removed again.

With -v each data mode that was tried is drawn step by step: who connects to
whom, from which port to which, and the step that failed.

EXIT STATUS
  0 the server can be used
  1 it cannot (no data mode works)
  4 could not connect or log in`

func (a *app) checkCommand() *cobra.Command {
	var flags connectFlags
	cmd := &cobra.Command{
		Use:               "check [PROFILE... | [LOCAL] URL]",
		Short:             "Connect, and report what the server can do",
		Long:              checkHelp,
		Example:           "  ferry check site\n  ferry check ftpes://deploy@example.com -v",
		ValidArgsFunction: a.completeProfiles,
	}
	flags.register(cmd.Flags())
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		pairs, err := a.checkPairs(args)
		if err != nil {
			return err
		}
		for _, p := range pairs {
			flags.over(p.Profile)
			if err := flags.check(p); err != nil {
				return err
			}
		}
		return exit(a.each(cmd.Context(), pairs, a.checkServer))
	})
	return cmd
}

// checkPairs is as pairs, but a URL may stand alone: nothing local is looked at.
func (a *app) checkPairs(args []string) ([]*pair, error) {
	if len(args) == 1 && config.IsURL(args[0]) {
		args = []string{".", args[0]}
	}
	return a.pairs(args)
}

// jsonCheck is the line of a report.
type jsonCheck struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	*ftp.Report
}

// checkServer prints what the server of a pair can do.
func (a *app) checkServer(ctx context.Context, p *pair, head passHead) error {
	o, err := a.remoteOptions(ctx, p)
	if err != nil {
		return err
	}
	o.Notice = func(text string) { a.talk().note("%s", text) }
	report, err := remote.Check(ctx, o)
	if err != nil {
		return connecting(err)
	}
	switch {
	case a.common.json:
		writeJSON(a.env.Stdout, jsonCheck{"check", head.profile, report})
	case !a.common.quiet || report.Mode == "":
		if head.titled {
			fmt.Fprintf(a.env.Stdout, "%s:\n", head.profile)
		}
		fmt.Fprint(a.env.Stdout, cleanLines(report.Text(a.common.verbose > 0)))
	}
	if report.Mode == "" {
		return &codeError{
			code: ExitFailed,
			err:  errors.New("no data connection can be made, in no mode: neither listings nor files can be had"),
			hint: "\"ferry check -v\" draws where each mode stops",
		}
	}
	return nil
}
