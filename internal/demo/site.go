package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/ftpserver"
)

// A site is a site that the demo deploys, on a server of its own.
type site struct {
	*demo
	source string // the local directory
	htdocs string // what visitors see
	pair   *app.Pair
}

// deploySite is the last act: two releases of a site and a rollback, which a visitor watches.
func (d *demo) deploySite(ctx context.Context) (err error) {
	web := filepath.Join(d.Dir, "web")
	if err := os.Mkdir(web, 0o755); err != nil {
		return err
	}
	server, err := ftpserver.Start(ftpserver.Options{Root: web, User: user, Password: password})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	s := &site{demo: d, source: filepath.Join(d.Dir, "site"), htdocs: filepath.Join(web, "htdocs")}
	if s.pair, err = s.newPair(server.Addr()); err != nil {
		return err
	}
	d.Say("\n5. A site goes live at once: all files are brought to the server out of sight, then they change their names.")
	if err := s.deploy(1); err != nil {
		return err
	}
	d.Say("\n6. A second release, while a visitor asks for the page and for the style sheet that it names, again and again.")
	v := s.visit()
	if err := errors.Join(s.deploy(2), ctx.Err()); err != nil {
		v.end()
		return err
	}
	d.Say("\n7. Back to the first release, in one burst of renames.")
	d.Say("   $ ferry rollback site " + s.pair.Remote.String())
	code := d.Rollback(s.pair)
	pages, broken := v.end()
	if code != app.ExitOK {
		return badEnd(code)
	}
	if broken != nil {
		return fmt.Errorf("the demo did not go as planned: a visitor saw a broken page: %w", broken)
	}
	d.Say(fmt.Sprintf("\nThe visitor saw %d whole pages, and not one without its style sheet.", pages))
	return nil
}

// newPair returns the pair of the site and its directory on the server.
func (s *site) newPair(addr string) (*app.Pair, error) {
	if err := os.Mkdir(s.source, 0o755); err != nil {
		return nil, err
	}
	pairs, err := s.Workspace.DeployPairs([]string{s.source, "ftp://" + user + "@" + addr + "/htdocs"})
	if err != nil {
		return nil, err
	}
	p := pairs[0]
	p.Password = config.Literal(password)
	p.Deploy.Keep, p.Deploy.DeleteAfter = 1, time.Hour
	return p, p.ReadRules("", nil)
}

// deploy makes a release of the site and deploys it. As builds do, it names the style sheet
// after what is in it.
func (s *site) deploy(release int) error {
	style := fmt.Sprintf("css/site.%d.css", release)
	err := errors.Join(
		os.RemoveAll(filepath.Join(s.source, "css")),
		WriteFile(s.source, style, fmt.Sprintf("/* release %d */\n", release)),
		WriteFile(s.source, "index.html", fmt.Sprintf("<link rel=stylesheet href=%s>\n<h1>Release %d</h1>\n", style, release)),
	)
	if err != nil {
		return err
	}
	s.Say("   $ ferry deploy site " + s.pair.Remote.String())
	if code := s.Deploy(s.pair); code != app.ExitOK {
		return badEnd(code)
	}
	return nil
}

// A visitor reads a site until it is told to end.
type visitor struct {
	stop   chan struct{}
	done   chan struct{}
	pages  int
	broken error
}

// named finds the style sheet of a page.
var named = regexp.MustCompile(`href=(\S+)>`)

// visit begins to read the page and the style sheet that it names.
func (s *site) visit() *visitor {
	v := &visitor{stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(v.done)
		for v.broken == nil {
			select {
			case <-v.stop:
				return
			case <-time.After(time.Millisecond):
				v.broken = v.look(s.htdocs)
			}
		}
	}()
	return v
}

// look reads the page once. It is broken if its style sheet is not there and the page still
// names that. While a page is replaced it may be missing for a moment, since the old one is
// kept: then the visitor asks once more.
func (v *visitor) look(htdocs string) error {
	index := filepath.Join(htdocs, "index.html")
	page, err := os.ReadFile(index)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	style := named.FindSubmatch(page)
	if err != nil || style == nil {
		return errors.Join(err, fmt.Errorf("the page says %q", page))
	}
	if _, err := os.Stat(filepath.Join(htdocs, string(style[1]))); err != nil {
		if now, nowErr := os.ReadFile(index); nowErr == nil && bytes.Equal(now, page) {
			return err
		}
		return nil // the page has changed since it was read
	}
	v.pages++
	return nil
}

// end tells the visitor to end, and returns how many whole pages it saw and what was wrong.
func (v *visitor) end() (pages int, broken error) {
	close(v.stop)
	<-v.done
	return v.pages, v.broken
}
