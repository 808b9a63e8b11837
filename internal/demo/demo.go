// Package demo is a demonstration of ferry against servers of its own: two folders in step, and a site that is deployed.
package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/ftpserver"
	"ferry/internal/text"
)

// Options are what a demonstration needs of the program that shows it.
type Options struct {
	Dir       string // holds all folders; the caller removes it
	StateDir  string // where the passes remember what both sides agreed on
	Workspace app.Workspace
	Keep      bool              // leave the server running until the context ends
	Say       func(text string) // shows a line

	// Sync, Deploy and Rollback are the commands. They show what they do, and return the exit
	// code.
	Sync, Deploy, Rollback func(*app.Pair) int
}

// A demo is a running demonstration: a server over one folder, another folder,
// and what both are told to hold.
type demo struct {
	Options
	here  string // the local folder
	there string // the folder that the server shows
	pair  *app.Pair
}

const (
	user     = "ferry"
	password = "demo"
)

// A badEnd is the exit code of a command that ended in another way than its act promises.
type badEnd int

func (c badEnd) Error() string { return fmt.Sprintf("exit status %d", int(c)) }

// Run shows the demonstration. If one of its commands fails, which has said why, Run ends with the exit code of that.
func Run(ctx context.Context, o Options) (code int, err error) {
	err = run(ctx, o)
	var bad badEnd
	if errors.As(err, &bad) {
		return int(bad), nil
	}
	return app.ExitOK, err
}

func run(ctx context.Context, o Options) (err error) {
	d := &demo{Options: o, here: filepath.Join(o.Dir, "here"), there: filepath.Join(o.Dir, "there")}
	if err := errors.Join(os.Mkdir(d.here, 0o755), os.Mkdir(d.there, 0o755)); err != nil {
		return err
	}
	server, err := ftpserver.Start(ftpserver.Options{Root: d.there, User: user, Password: password})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	if d.pair, err = d.newPair(server.Addr()); err != nil {
		return err
	}
	if err := d.run(ctx); err != nil {
		return err
	}
	if err := d.deploySite(ctx); err != nil {
		return err
	}
	if !o.Keep {
		d.Say("\nAll of it is removed now. For your own:\n\n" +
			"  ferry init ./public ftpes://you@example.com/htdocs   writes a ferry.yaml\n" +
			"  ferry status                                         shows what a pass would do\n" +
			"  ferry sync                                           makes it\n" +
			"  ferry deploy ./public ftpes://you@example.com/htdocs deploys a site\n\n" +
			"\"ferry demo --keep\" leaves the server running to play with.")
		return nil
	}
	d.sayHowToPlay(server.Addr())
	<-ctx.Done()
	return nil
}

// newPair returns the pair of both folders.
func (d *demo) newPair(addr string) (*app.Pair, error) {
	p, err := config.Pair(d.here, "ftp://"+user+"@"+addr, d.Dir, d.Workspace.Home)
	if err != nil {
		return nil, err
	}
	p.Password = config.Literal(password)
	pair := &app.Pair{Profile: p, Direct: true}
	return pair, pair.ReadRules("", nil)
}

func (d *demo) run(ctx context.Context) error {
	for _, act := range []struct {
		title string
		edit  func() error
		code  int
	}{
		{"1. Two folders meet: one on this machine, one on an FTP server. The first pass only adds.", d.begin, app.ExitOK},
		{"2. Each side changes, renames and deletes files. One pass carries it all over.", d.change, app.ExitOK},
		{"3. Both sides change notes.txt. Both versions are kept, and the exit status is 5.", d.quarrel, app.ExitConflicts},
		{"4. Another pass finds nothing to do.", nil, app.ExitOK},
	} {
		d.Say("\n" + act.title)
		if act.edit != nil {
			if err := act.edit(); err != nil {
				return err
			}
		}
		if err := d.pass(act.code); err != nil {
			return err
		}
	}
	d.Say("\nThe folders now:")
	files, err := d.compare()
	for _, f := range files {
		d.Say("  " + text.Clean(f))
	}
	return err
}

// pass makes a pass and holds it to the exit code that its act promises.
func (d *demo) pass(want int) error {
	d.Say("   $ ferry sync here " + d.pair.Remote.String())
	if code := d.Sync(d.pair); code != want {
		if code == app.ExitOK {
			return fmt.Errorf("the demo did not go as planned: exit status %d, not %d", code, want)
		}
		return badEnd(code)
	}
	return nil
}

// begin fills the folders with something of their own each.
func (d *demo) begin() error {
	return errors.Join(
		WriteFile(d.here, "index.html", "<h1>Hello</h1>\n"),
		WriteFile(d.here, "css/site.css", "h1 { color: teal }\n"),
		WriteFile(d.here, "notes.txt", "buy bread\n"),
		WriteFile(d.there, "photos/harbour.txt", "imagine a photo of a ferry here\n"),
		WriteFile(d.there, "readme.txt", "this was on the server before\n"),
	)
}

func (d *demo) change() error {
	return errors.Join(
		WriteFile(d.here, "index.html", "<h1>Hello</h1>\n<p>changed here</p>\n"),
		os.Remove(filepath.Join(d.here, "readme.txt")),
		os.Rename(filepath.Join(d.here, "photos"), filepath.Join(d.here, "pictures")),
		WriteFile(d.there, "css/site.css", "h1 { color: navy; margin: 0 }\n"),
		WriteFile(d.there, "log/today.txt", "made on the server\n"),
	)
}

func (d *demo) quarrel() error {
	return errors.Join(
		WriteFile(d.here, "notes.txt", "buy bread and butter\n"),
		WriteFile(d.there, "notes.txt", "buy bread, eggs and a newspaper\n"),
	)
}

// compare returns the files of both folders, or an error where they differ.
func (d *demo) compare() ([]string, error) {
	here, err := ReadTree(d.here)
	if err != nil {
		return nil, err
	}
	there, err := ReadTree(d.there)
	if err != nil {
		return nil, err
	}
	return SameTrees(here, there)
}

func (d *demo) sayHowToPlay(addr string) {
	url := "ftp://" + user + "@" + addr
	d.Say(fmt.Sprintf(`
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
  ferry check  %s`, url, user, password, d.here, d.there, password, d.StateDir,
		d.here, url, d.here, url, url))
}
