package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ferry/internal/app"
	"ferry/internal/cli/help"
	"ferry/internal/demo"
	"ferry/internal/report"

	"github.com/spf13/cobra"
)

const demoHelp = `Run ferry against an FTP server of its own on this machine: two small folders in
step, changes on both sides, and a conflict that is kept; then a site that goes
live at once, while a visitor reads it, and goes back. It needs no set-up, contacts
no other machine, takes a few seconds and leaves nothing behind.

With --keep the server runs until Ctrl-C, to play with it.`

func demoCommand(prog *program) *cobra.Command {
	var keep bool
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "See it work on this machine, no set-up",
		Long:    demoHelp,
		Example: "  ferry demo\n  ferry demo --keep",
		Args:    help.Count(cobra.NoArgs),
		RunE:    prog.run(func(cmd *cobra.Command, _ []string) error { return prog.demo(cmd.Context(), keep) }),
	}
	cmd.Flags().BoolVar(&keep, "keep", false, "leave the server and the folders until Ctrl-C")
	return cmd
}

// demo runs the demonstration in a directory of its own, which is removed afterwards.
func (prog *program) demo(ctx context.Context, keep bool) (err error) {
	dir, err := os.MkdirTemp("", "ferry-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	sub := *prog
	sub.made = nil
	sub.common = commonFlags{stateDir: filepath.Join(dir, "state"), quiet: prog.common.quiet, verbose: prog.common.verbose}
	sub.listFiles, sub.noWebServer = true, true
	sub.env.StderrTerminal = false
	sub.env.Getenv = func(string) string { return "" }
	if !prog.common.quiet {
		sub.stderr = report.NewScreen(prog.env.Stdout)
	}
	code, err := demo.Run(ctx, demo.Options{
		Dir: dir, StateDir: sub.common.stateDir, Workspace: sub.workspace(), Keep: keep,
		Say: func(text string) {
			if !prog.common.quiet {
				fmt.Fprintln(sub.stderr, text)
			}
		},
		Sync:     func(p *app.Pair) int { return sub.passes(ctx, []*app.Pair{p}, app.PassOptions{}) },
		Deploy:   func(p *app.Pair) int { return sub.deploy(ctx, p, &deployFlags{}, false) },
		Rollback: func(p *app.Pair) int { return sub.rollback(ctx, p, &deployFlags{}, 0) },
	})
	if err != nil {
		return err
	}
	return exit(code)
}
