package cli

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/report"
	"ferry/internal/text"

	"github.com/spf13/cobra"
)

const checkHelp = `Connect, and report what the server can do: how the connection is protected,
which data modes work and why the others do not, features, clock and time zone,
round-trip time and limits. If the directory exists, a small file is written to it
and removed again, to see whether times can be set.

-v draws each data mode that was tried step by step: who connects to whom, from
which port to which, and the step that failed.

EXIT STATUS
  0 the server can be used
  1 it cannot (no data mode works)
  4 could not connect or log in`

func checkCommand(prog *program) *cobra.Command {
	var flags connectFlags
	cmd := &cobra.Command{
		Use:               "check [PROFILE... | [LOCAL] URL]",
		Short:             "Connect, and report what the server can do",
		Long:              checkHelp,
		Example:           "  ferry check site\n  ferry check ftpes://deploy@example.com -v",
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.register(cmd.Flags())
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 && config.IsURL(args[0]) {
			args = []string{".", args[0]} // nothing local is looked at
		}
		pairs, err := prog.connectPairs(args, &flags)
		if err != nil {
			return err
		}
		return exit(prog.each(cmd.Context(), pairs, prog.checkServer))
	})
	return cmd
}

// jsonCheck is the JSON line of a report.
type jsonCheck struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	*app.ServerReport
}

// checkServer prints what the server of a pair can do.
func (prog *program) checkServer(ctx context.Context, p *app.Pair, head report.Head) error {
	found, err := prog.opener().Check(ctx, p)
	if err != nil {
		return err
	}
	switch {
	case prog.common.json:
		report.WriteJSON(prog.env.Stdout, jsonCheck{"check", head.Profile, found})
	case !prog.common.quiet || found.Mode == "":
		if head.Titled {
			fmt.Fprintf(prog.env.Stdout, "%s:\n", head.Profile)
		}
		fmt.Fprint(prog.env.Stdout, text.CleanLines(serverReportText(found, prog.common.verbose > 0)))
	}
	if found.Mode == "" {
		return failed(errors.New("no data connection can be made in any mode, so neither listings nor files can be transferred"), "\"ferry check -v\" draws where each mode stops")
	}
	return nil
}
