// Package cli is the command line of ferry: commands and options, questions on a
// terminal, exit codes. What the commands do is in package app, and how it is shown in
// package report.
package cli

import (
	"context"
	"errors"
	"strings"

	"ferry/internal/app"
	"ferry/internal/cli/args"
	"ferry/internal/cli/help"
	"ferry/internal/report"
	"ferry/internal/service"

	"github.com/spf13/cobra"
)

// Main runs the command line and returns the exit code. Cancelling ctx
// interrupts the command in order.
func Main(ctx context.Context, env Env, args []string) int {
	return newProgram(env).main(ctx, args)
}

func (prog *program) main(ctx context.Context, given []string) int {
	prog.ctx = ctx
	defer func() { prog.logFile.close() }()
	root := rootCommand(prog)
	all, err := args.Expand(given, prog.env.Getenv)
	cmd, _, _ := root.Find(all)
	if cmd != nil && cmd.Name() == "conflicts" {
		all = bareTool(all)
	}
	root.SetArgs(all)
	root.SetIn(prog.env.Stdin)
	root.SetOut(prog.env.Stdout)
	root.SetErr(prog.stderr)
	if err == nil {
		err = prog.execute(ctx, root)
	}
	prog.endWait()
	if err == nil || prog.staying && terminated(err) {
		return ExitOK
	}
	var coded *app.Error
	if !errors.As(err, &coded) && !said(err) && !prog.began {
		err = app.Usage(err, "\"ferry help\" lists the commands")
	}
	if ctx.Err() != nil && !said(err) {
		err = app.Interrupted()
	}
	if !said(err) {
		prog.talk().Fail(err, app.Hint(err))
		if prog.common.json {
			report.WriteError(prog.env.Stdout, "", err, verdict)
		}
	}
	if cmd != nil && cmd.Name() == "watch" {
		return service.ExitCode(exitCode(err), prog.env.Getenv)
	}
	return exitCode(err)
}

// execute runs a command. An interruption of it is told.
func (prog *program) execute(ctx context.Context, root *cobra.Command) error {
	return inTime(ctx, func() error {
		defer prog.close()
		return root.ExecuteContext(ctx)
	}, func() {
		if terminated(context.Cause(ctx)) {
			prog.talk().Note("told to stop: finishing what was begun")
			return
		}
		prog.talk().Note("interrupted: finishing what was begun; Ctrl-C once more leaves at once")
	})
}

const rootHelp = `ferry keeps a local directory and a directory on an FTP server in sync.

"ferry sync" goes both ways: what was made, changed, renamed or deleted on one
side since the last pass is done on the other. Where both sides changed one file
it keeps both versions. "ferry push" and "ferry pull" go one way.

What to sync is a name from ferry.yaml, or a directory and a URL: ftp:// in clear,
ftpes:// with TLS on port 21, ftps:// with TLS on port 990.

ENVIRONMENT
  FERRY_PASSWORD   the password for pairs whose profile names none
  FERRY_STATE_DIR  where ferry remembers what both sides agreed on

The help of a command lists its own exit codes. Of several profiles the worst one
counts: 130, 2, 6, 1, 4, 7, 8, 9, 3, 5, 10, 0.`

func rootCommand(prog *program) *cobra.Command {
	root := &cobra.Command{
		Use:   "ferry",
		Short: "Keep a directory and an FTP server in sync",
		Long:  rootHelp + exitHelp(),
		Example: `  ferry demo                        see it work on this machine
  ferry init ./public ftpes://deploy@example.com/htdocs
  ferry sync                        every profile of ferry.yaml
  ferry push ./public ftpes://deploy@example.com/htdocs --dry-run`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		Args:              help.NoCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		Version:           buildVersion(),
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	prog.common.register(root.PersistentFlags())
	root.Flags().Bool("version", false, "print the version")
	root.SetVersionTemplate(versionLine() + "\n")
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { help.Write(cmd.OutOrStdout(), cmd) })
	root.SetHelpCommand(help.Command())
	root.SetFlagErrorFunc(help.BadOption)
	for _, add := range commands {
		cmd := add(prog)
		root.AddCommand(cmd)
		help.Hide(cmd)
	}
	completeOptions(root)
	return root
}

func init() { cobra.EnableCommandSorting = false }

// commands are the commands in the order of the help.
var commands = []func(*program) *cobra.Command{
	syncCommand, pushCommand, pullCommand, copyCommand, watchCommand, deployCommand, releasesCommand, rollbackCommand, statusCommand, verifyCommand, ignoredCommand,
	checkCommand, conflictsCommand, trashCommand, logCommand, profilesCommand, dashboardCommand, serviceCommand, initCommand, loginCommand, trustCommand, demoCommand,
	completionCommand, manCommand, versionCommand,
}

// run wraps the work of a command, so that its errors are told apart from those about
// its arguments.
func (prog *program) run(work func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		prog.began, prog.command = true, strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
		if err := prog.openLogFile(); err != nil {
			return err
		}
		return work(cmd, args)
	}
}
