package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/ftpserver"
	"ferry/internal/report"
	"ferry/internal/text"

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
		Args:    cobra.NoArgs,
		RunE:    prog.run(func(cmd *cobra.Command, _ []string) error { return prog.demo(cmd.Context(), keep) }),
	}
	cmd.Flags().BoolVar(&keep, "keep", false, "leave the server and the folders until Ctrl-C")
	return cmd
}

// A demo is a running demonstration: a server over one folder, another folder,
// and what both are told to hold.
type demo struct {
	prog  *program
	here  string // the local folder
	there string // the folder that the server shows
	pair  *app.Pair
}

const (
	demoUser     = "ferry"
	demoPassword = "demo"
)

func (prog *program) demo(ctx context.Context, keep bool) (err error) {
	dir, err := os.MkdirTemp("", "ferry-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	here, there := filepath.Join(dir, "here"), filepath.Join(dir, "there")
	if err := errors.Join(os.Mkdir(here, 0o755), os.Mkdir(there, 0o755)); err != nil {
		return err
	}
	server, err := ftpserver.Start(ftpserver.Options{Root: there, User: demoUser, Password: demoPassword})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	d, err := prog.newDemo(dir, here, there, server.Addr())
	if err != nil {
		return err
	}
	if err := d.run(ctx); err != nil {
		return err
	}
	if err := d.deploySite(ctx, dir); err != nil {
		return err
	}
	if !keep {
		d.say("\nAll of it is removed now. For your own:\n\n" +
			"  ferry init ./public ftpes://you@example.com/htdocs   writes a ferry.yaml\n" +
			"  ferry status                                         shows what a pass would do\n" +
			"  ferry sync                                           makes it\n" +
			"  ferry deploy ./public ftpes://you@example.com/htdocs deploys a site\n\n" +
			"\"ferry demo --keep\" leaves the server running to play with.")
		return nil
	}
	d.sayHowToPlay(server.Addr(), dir)
	<-ctx.Done()
	return nil
}

// newDemo returns a demo whose passes remember things in dir, and tell a line a
// file on standard output.
func (prog *program) newDemo(dir, here, there, addr string) (*demo, error) {
	p, err := config.Pair(here, "ftp://"+demoUser+"@"+addr, dir, prog.env.Home)
	if err != nil {
		return nil, err
	}
	p.Password = config.Literal(demoPassword)
	sub := *prog
	sub.made = nil
	sub.common = commonFlags{stateDir: filepath.Join(dir, "state"), quiet: prog.common.quiet, verbose: prog.common.verbose}
	sub.listFiles, sub.noWebServer = true, true
	sub.env.StderrTerminal = false
	sub.env.Getenv = func(string) string { return "" }
	if !prog.common.quiet {
		sub.stderr = report.NewScreen(prog.env.Stdout)
	}
	pair := &app.Pair{Profile: p, Direct: true}
	return &demo{prog: &sub, here: here, there: there, pair: pair}, sub.readRules(pair, &passFlags{})
}

func (d *demo) run(ctx context.Context) error {
	for _, act := range []struct {
		title string
		edit  func() error
		code  int
	}{
		{"1. Two folders meet: one on this machine, one on an FTP server. The first pass only adds.", d.begin, ExitOK},
		{"2. Each side changes, renames and deletes files. One pass carries it all over.", d.change, ExitOK},
		{"3. Both sides change notes.txt. Both versions are kept, and the exit status is 5.", d.quarrel, ExitConflicts},
		{"4. Another pass finds nothing to do.", nil, ExitOK},
	} {
		d.say("\n" + act.title)
		if act.edit != nil {
			if err := act.edit(); err != nil {
				return err
			}
		}
		if err := d.pass(ctx, act.code); err != nil {
			return err
		}
	}
	d.say("\nThe folders now:")
	files, err := d.compare()
	for _, f := range files {
		d.say("  " + text.Clean(f))
	}
	return err
}

// pass makes a pass and holds it to the exit code that its act promises.
func (d *demo) pass(ctx context.Context, want int) error {
	d.say("   $ ferry sync here " + d.pair.Remote.String())
	if code := d.prog.passes(ctx, []*app.Pair{d.pair}, app.PassOptions{}); code != want {
		if code == ExitOK {
			return fmt.Errorf("the demo did not go as planned: exit status %d, not %d", code, want)
		}
		return exit(code)
	}
	return nil
}

// begin fills the folders with something of their own each.
func (d *demo) begin() error {
	return errors.Join(
		write(d.here, "index.html", "<h1>Hello</h1>\n"),
		write(d.here, "css/site.css", "h1 { color: teal }\n"),
		write(d.here, "notes.txt", "buy bread\n"),
		write(d.there, "photos/harbour.txt", "imagine a photo of a ferry here\n"),
		write(d.there, "readme.txt", "this was on the server before\n"),
	)
}

func (d *demo) change() error {
	return errors.Join(
		write(d.here, "index.html", "<h1>Hello</h1>\n<p>changed here</p>\n"),
		os.Remove(filepath.Join(d.here, "readme.txt")),
		os.Rename(filepath.Join(d.here, "photos"), filepath.Join(d.here, "pictures")),
		write(d.there, "css/site.css", "h1 { color: navy; margin: 0 }\n"),
		write(d.there, "log/today.txt", "made on the server\n"),
	)
}

func (d *demo) quarrel() error {
	return errors.Join(
		write(d.here, "notes.txt", "buy bread and butter\n"),
		write(d.there, "notes.txt", "buy bread, eggs and a newspaper\n"),
	)
}

// compare returns the files of both folders, or an error where they differ.
func (d *demo) compare() ([]string, error) {
	here, err := readTree(d.here)
	if err != nil {
		return nil, err
	}
	there, err := readTree(d.there)
	if err != nil {
		return nil, err
	}
	return sameTrees(here, there)
}

func (d *demo) say(text string) {
	if !d.prog.common.quiet {
		fmt.Fprintln(d.prog.stderr, text)
	}
}

func (d *demo) sayHowToPlay(addr, dir string) {
	url := "ftp://" + demoUser + "@" + addr
	d.say(fmt.Sprintf(`
The server is running until Ctrl-C; then its folders are removed.

  URL       %s
  user      %s
  password  %s
  here      %s
  there     %s   (what the server shows)

Change something in either folder, then in another terminal:

  export FERRY_PASSWORD=%s FERRY_STATE_DIR=%s
  ferry status %s %s
  ferry sync   %s %s
  ferry check  %s`, url, demoUser, demoPassword, d.here, d.there, demoPassword, filepath.Join(dir, "state"),
		d.here, url, d.here, url, url))
}
