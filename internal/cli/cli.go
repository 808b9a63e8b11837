// Package cli is the command line of ferry: it parses arguments, joins the
// parts, and shows what happens.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ferry/internal/config"
)

// An app is one run of the program.
type app struct {
	env    Env
	common commonFlags
	stderr *screen // everything but bars goes to standard error through it

	// open makes an engine for a pair; a test puts its own in place.
	open func(ctx context.Context, a *app, p *pair, o passOptions) (*opened, error)
	// tellFiles shows a line a file even without --verbose.
	tellFiles bool
	// servedTold says that the user knows of the trash on a web server.
	servedTold bool
	// staying says that the command runs until it is told to stop. said is then
	// what is not to be said twice, and logTo where the log goes.
	staying bool
	said    *sayings
	logTo   io.Writer
	// ran says that a command began, so that an error is not about its arguments.
	ran bool
}

// Main runs the command line and returns the exit code. Cancelling ctx
// interrupts the command in order.
func Main(ctx context.Context, env Env, args []string) int {
	return newApp(env).main(ctx, args)
}

func newApp(env Env) *app {
	env = env.withDefaults()
	return &app{env: env, stderr: newScreen(env.Stderr), open: openPair}
}

func (a *app) main(ctx context.Context, args []string) int {
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(a.env.Stdin)
	root.SetOut(a.env.Stdout)
	root.SetErr(a.stderr)
	err := inTime(ctx, func() error { return root.ExecuteContext(ctx) }, func() {
		if terminated(context.Cause(ctx)) {
			a.talk().note("told to end: bringing to its end what was begun")
			return
		}
		a.talk().note("interrupted: bringing to its end what was begun; Ctrl-C once more leaves at once")
	})
	if err == nil || a.staying && terminated(err) {
		return ExitOK
	}
	var coded *codeError
	if !errors.As(err, &coded) && !a.ran {
		err = usage(err, "\"ferry help\" lists the commands")
	}
	if ctx.Err() != nil {
		err = interrupted(err)
	}
	a.talk().fail(err)
	if a.common.json && !said(err) {
		writeJSONError(a.env.Stdout, "", err)
	}
	return errorCode(err)
}

// interrupted says what an interrupted run leaves behind, in place of whatever
// the parts said when their context ended.
func interrupted(err error) error {
	if said(err) {
		return err
	}
	return &codeError{
		code: ExitInterrupted,
		err:  errors.New("interrupted: what was finished is recorded, the rest is as it was"),
		hint: "run the same command again to go on",
	}
}

func (a *app) talk() talker { return talker{w: a.stderr, quiet: a.common.quiet} }

func (a *app) log() *slog.Logger {
	to := a.logTo
	if to == nil {
		to = a.stderr
	}
	return newLog(to, a.common.verbose, a.env.StderrTerminal && a.env.Getenv("NO_COLOR") == "")
}

const rootHelp = `ferry keeps a local directory and a directory on an FTP server in step.

"ferry sync" goes both ways: what was made, changed, renamed or deleted on one
side since the last pass is done on the other. Where both sides changed one file
it keeps both versions. "ferry push" and "ferry pull" go one way.

What to sync is a name from ferry.yaml, or a directory and a URL: ftp:// in clear,
ftpes:// with TLS on port 21, ftps:// with TLS on port 990.

ENVIRONMENT
  FERRY_PASSWORD   the password, over all other places that may have one
  FERRY_STATE_DIR  where ferry remembers what both sides agreed on

EXIT STATUS
  0 in sync (or: the plan was printed)   6 refused as unsafe, nothing was
  1 failed                                 deleted or overwritten
  2 wrong usage or configuration         7 another run holds this pair
  3 done, but some files failed          8 a hook failed
  4 could not connect or log in         10 status --exit-code: changes pending
  5 done, conflicts are waiting        130 interrupted
  Of several profiles the worst one counts: 130, 2, 6, 1, 4, 7, 8, 3, 5, 10, 0.`

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "ferry",
		Short: "Keep a directory and an FTP server in step",
		Long:  rootHelp,
		Example: `  ferry demo                        see it work on this machine
  ferry init ./public ftpes://deploy@example.com/htdocs
  ferry sync                        every profile of ferry.yaml
  ferry push ./public ftpes://deploy@example.com/htdocs --dry-run`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		Args:              a.noCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	a.common.register(root.PersistentFlags())
	root.SetHelpCommand(a.helpCommand())
	root.SetFlagErrorFunc(badOption)
	for _, add := range commands {
		root.AddCommand(add(a))
	}
	return root
}

func init() { cobra.EnableCommandSorting = false }

// commands are the commands in the order of the help.
var commands = []func(*app) *cobra.Command{
	(*app).syncCommand, (*app).pushCommand, (*app).pullCommand, (*app).watchCommand, (*app).statusCommand,
	(*app).checkCommand, (*app).conflictsCommand, (*app).trashCommand, (*app).serviceCommand, (*app).initCommand, (*app).demoCommand,
	(*app).completionCommand, (*app).versionCommand,
}

// badOption explains an option that cannot be read, with the one that was most
// likely meant.
func badOption(cmd *cobra.Command, err error) error {
	hint := fmt.Sprintf("\"ferry help %s\" lists its options", cmd.Name())
	if cmd == cmd.Root() {
		hint = "\"ferry help\" lists the commands and options"
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := config.Suggest(unknown.GetSpecifiedName(), names); near != "" {
			hint = "did you mean --" + near + "?"
		}
	}
	return usage(err, hint)
}

// noCommand answers a word that is no command.
func (a *app) noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "\"ferry help\" lists the commands"
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	if near := config.Suggest(args[0], names); near != "" {
		hint = "did you mean \"" + cmd.CommandPath() + " " + near + "\"?"
	}
	return usage(fmt.Errorf("there is no command %q", args[0]), hint)
}

func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show what a command does and which options it takes",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return a.noCommand(cmd.Root(), args)
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

// run wraps the work of a command, so that its errors are told from those about
// its arguments.
func (a *app) run(work func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.ran = true
		return work(cmd, args)
	}
}
