package cli

import (
	"context"

	"ferry/internal/cli/help"
	"ferry/internal/cli/page"

	"github.com/spf13/cobra"
)

func dashboardCommand(prog *program) *cobra.Command {
	var flags page.Flags
	var noOpen bool
	cmd := &cobra.Command{
		Use:   "dashboard",
		Short: "Open a page that shows the watched pairs",
		Long:  page.Help,
		Example: `  ferry dashboard
  ferry dashboard --listen 127.0.0.1:8384 --no-open`,
		Args: help.Count(cobra.NoArgs),
		RunE: prog.run(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			serve, err := flags.Start(prog.pageWorld(), !noOpen)
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
	flags.Register(cmd.Flags())
	cmd.Flags().BoolVar(&noOpen, "no-open", false, "print the address and open no browser")
	return cmd
}

// pageWorld is what the dashboard needs of the program.
func (prog *program) pageWorld() page.World {
	return page.World{StateDir: prog.workspace().StateDir(), Version: buildVersion(), Now: prog.env.Now, Log: prog.log(),
		Getenv: prog.env.Getenv, Stderr: prog.stderr, Terminal: prog.env.StderrTerminal}
}
