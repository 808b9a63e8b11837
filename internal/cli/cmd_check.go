package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/internal/app"
	"ferry/internal/app/copying"
	"ferry/internal/config"
	"ferry/internal/report"
	"ferry/internal/report/server"
	"ferry/internal/text"

	"github.com/spf13/cobra"
)

const checkHelp = `Connect, and report what the server can do: how the connection is protected,
which data modes work and why the others do not, features, clock and time zone,
round-trip time and limits. If the directory exists, a small file is written to it
and removed again, to see whether times can be set.

-v draws each data mode that was tried step by step: who connects to whom, from
which port to which, and the step that failed.

--try makes a directory of its own below that directory, and makes, lists, renames,
appends to, stamps and deletes a few files in it. It prints which operations work, as
a table for a bug report: without users, hosts, addresses and paths. The directory is
removed again, also after Ctrl-C.

--web puts a small file into the directory in which ferry keeps what it needs, and asks
the web server for it. If anybody can read it there, the exit status is 1, and the hint
has the rule that hides it.

With two URLs: whether the two servers send files to each other without this machine in
between, as "ferry copy" has large ones go. Each way is tried with a small file that is
removed again, and drawn: this machine, both servers, who connects to whom, and the reply
that refuses it. Where it does not work, a copy goes through this machine. --direct on
tries it over TLS, too.

EXIT STATUS
  0 the server can be used; with two URLs, both were reached
  1 it cannot (no data mode works, or with --try, an operation that ferry needs does
    not), or with --web, anybody can read what ferry keeps
  4 could not connect or log in`

func checkCommand(prog *program) *cobra.Command {
	var flags connectFlags
	var try bool
	var web value[string]
	var between value[app.Between]
	cmd := &cobra.Command{
		Use:               "check [PROFILE... | [LOCAL] URL | SOURCE-URL TARGET-URL]",
		Short:             "Connect, and report what the server can do",
		Long:              checkHelp,
		Example:           "  ferry check site\n  ferry check ftpes://deploy@example.com -v\n  ferry check site --try\n  ferry check site --web https://example.com/\n  ferry check ftp://ann@old.example/site ftp://ann@new.example/htdocs",
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.register(cmd.Flags())
	cmd.Flags().BoolVar(&try, "try", false, "try all operations on a few files of ferry's own, and print a table for a bug report")
	web.add(cmd.Flags(), "web", "see whether `URL`, the address of the site, shows what ferry keeps on the server", config.ParseCheckURL)
	addBetween(cmd.Flags(), &between)
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		if ofCopy(args) {
			if try || web.set {
				return app.Usage(errors.New("--try and --web look at one server"), "name one URL")
			}
			return prog.checkBetween(cmd.Context(), args, &flags, between.v)
		}
		if between.set {
			return app.Usage(errors.New("--direct is about two servers"), "name two URLs")
		}
		if len(args) == 1 && config.IsURL(args[0]) {
			args = []string{".", args[0]} // nothing local is looked at
		}
		pairs, err := prog.connectPairs(args, &flags)
		if err != nil {
			return err
		}
		return exit(prog.each(cmd.Context(), pairs, func(ctx context.Context, p *app.Pair, head report.Head) error {
			if web.set {
				return prog.checkWeb(ctx, p, head, web.v)
			}
			return prog.checkServer(ctx, p, head, try)
		}))
	})
	return cmd
}

// jsonCheck is the JSON line of a report.
type jsonCheck struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	*app.ServerReport
}

// checkBetween prints whether two servers send to each other.
func (prog *program) checkBetween(ctx context.Context, urls []string, flags *connectFlags, between app.Between) error {
	p, err := copying.Pair(prog.workspace(), urls[0], urls[1])
	if err != nil {
		return err
	}
	p.Between = between
	for _, p := range []*app.Pair{p, p.Target} {
		flags.over(p.Profile)
		prog.makeAbsolute(p)
	}
	found, err := prog.opener().CheckBetween(ctx, p)
	switch {
	case err != nil:
		return err
	case prog.common.json:
		report.WriteJSON(prog.env.Stdout, struct {
			Type string `json:"type"`
			*app.BetweenReport
		}{"between", found})
	case !prog.common.quiet:
		fmt.Fprint(prog.env.Stdout, text.CleanLines(server.Between(found)))
	}
	return nil
}

// checkServer prints what the server of a pair can do. With try it prints which operations
// work, and nothing that tells who and where the server is.
func (prog *program) checkServer(ctx context.Context, p *app.Pair, head report.Head, try bool) error {
	found, err := prog.opener().Check(ctx, p, try)
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
		shown := server.Text(found, prog.common.verbose > 0)
		if try {
			shown = server.Trials(found, buildVersion()+" "+platform())
		}
		fmt.Fprint(prog.env.Stdout, text.CleanLines(shown))
	}
	if refused := found.ListingRefused(); refused != "" {
		return failed(fmt.Errorf("no data mode could be tried, because the server refuses to list the directory: %s", refused),
			"may this user list it? For a drop box, which shows nothing, there is \"ferry push --blind\"")
	}
	if found.Mode == "" {
		return failed(errors.New("no data connection can be made in any mode, so neither listings nor files can be transferred"), "\"ferry check -v\" draws where each mode stops")
	}
	if found.Left != "" {
		prog.talk().Warn("%s is left on the server; it may be removed", found.Left)
	}
	if lacking := server.Lacking(found); try && len(lacking) > 0 {
		return failed(fmt.Errorf("the server lacks what ferry needs: %s", strings.Join(lacking, ", ")), "may this user write in this directory? The table says what the server answers")
	}
	return nil
}
