package app

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"time"

	"ferry/internal/config"
	"ferry/internal/deploy"
	"ferry/internal/deploy/page"
	"ferry/internal/deploy/pointer"
	"ferry/internal/ftp"
)

// How often the web server is asked whether it follows a pointer: PHP looks at a file that it has
// read every two seconds, as it is usually set up.
const (
	pointerTries = 4
	pointerPause = 700 * time.Millisecond
)

// mostTemplate is how many bytes the template of a pointer may have.
const mostTemplate = 256 << 10

// pointerOf returns how visitors are led to the release that is live, nil where that needs no
// pointer.
func pointerOf(p *Pair) (*deploy.Pointer, error) {
	wanted := p.Deploy.Pointer
	if p.Deploy.Switch != config.SwitchPointer {
		return nil, nil
	}
	address, err := url.Parse(p.Deploy.Check.URL)
	if err != nil { // it was parsed before
		return nil, Usage(errors.New("check.url is not the address of a site"), "write it as https://example.com/")
	}
	file := &pointer.File{Path: cmp.Or(wanted.File, pointer.Htaccess), Base: path.Join("/", address.Path), Shared: p.Deploy.Shared}
	if file.Base != "/" {
		file.Base += "/"
	}
	if wanted.Template != "" {
		if file.Template, err = readTemplate(wanted.Template); err != nil {
			return nil, Usage(fmt.Errorf("the template of the pointer: %w", err), "pointer: {template: ...} names a file, relative to ferry.yaml, as <?php require __DIR__ . '/"+pointer.Mark+"/index.php';")
		}
	}
	return &deploy.Pointer{File: file, Shows: newPointerCheck(p.Deploy.Check).shows}, nil
}

func readTemplate(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, mostTemplate+1))
	if err == nil && len(content) > mostTemplate {
		err = fmt.Errorf("%s has more than %d bytes", name, mostTemplate)
	}
	return content, cmp.Or(err, pointer.CheckTemplate(content))
}

// A pointerCheck asks the web server whether it follows a pointer.
type pointerCheck struct {
	site  *page.Site
	pause time.Duration
}

func newPointerCheck(c config.DeployCheck) *pointerCheck {
	return &pointerCheck{page.NewSite(c.URL), pointerPause}
}

// shows returns why page p does not show text. It asks several times: a web server may keep what it
// has read for a moment.
func (c *pointerCheck) shows(ctx context.Context, p, text string) (why error) {
	for try := range pointerTries {
		if try > 0 {
			if err := ftp.Sleep(ctx, c.pause); err != nil {
				return err
			}
		}
		c.site.Query = "?ferry=" + rand.Text()[:12]
		status, body, err := fetch(ctx, c.site, p)
		switch {
		case err != nil:
			why = notAsked{err}
		case bytes.Contains(body, []byte(text)):
			return nil
		default:
			why = fmt.Errorf("%s answers %d, and with something else", c.site.Where(p), status)
		}
	}
	return why
}

// A notAsked is an error that is [deploy.ErrNotAsked], and says it in its own words.
type notAsked struct{ error }

func (e notAsked) Unwrap() error   { return e.error }
func (notAsked) Is(err error) bool { return err == deploy.ErrNotAsked }
