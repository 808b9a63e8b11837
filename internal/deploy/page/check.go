package page

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"time"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/manifest"
)

// How often a page is asked for after a deploy, and how long is waited in between: caches of
// web servers and of file systems may need a moment.
const (
	checkTries = 3
	checkPause = 3 * time.Second
)

// mostPage is how many bytes of a page are read.
const mostPage = 64 << 20

// static are the files whose body is that of the file.
var static = []string{".html", ".htm", ".css", ".js", ".mjs", ".txt", ".json", ".svg"}

// IsStatic reports whether web servers send a file of this name as it is.
func IsStatic(name string) bool { return slices.Contains(static, path.Ext(name)) }

// A Check asks the web server whether a release is live.
type Check struct {
	site  *Site
	paths []string
	pause time.Duration
	sums  map[manifest.Path]deploy.Sum // of the files of the release
}

// NewCheck returns a check that asks for these paths of a site, or else for its root. files are
// those of the release.
func NewCheck(site *Site, paths []string, files []deploy.LocalFile) *Check {
	c := &Check{site: site, paths: paths, pause: checkPause, sums: make(map[manifest.Path]deploy.Sum)}
	for _, f := range files {
		c.sums[f.Path] = f.Sum
	}
	return c
}

// Run asks for all pages, each up to [checkTries] times, and returns the first that is wrong.
func (c *Check) Run(ctx context.Context, release int) error {
	paths := c.paths
	if len(paths) == 0 {
		paths = []string{""}
	}
	for _, p := range paths {
		var err error
		for try := range checkTries {
			if try > 0 {
				if err := ftp.Sleep(ctx, c.pause); err != nil {
					return err
				}
			}
			if err = c.page(ctx, p, release); err == nil {
				break
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// page asks for one page. Its body must be that of the file where a web server sends files as
// they are, unless it differs from request to request.
func (c *Check) page(ctx context.Context, p string, release int) error {
	sum, err := c.get(ctx, p, release)
	if err != nil {
		return err
	}
	want, known := c.sums[manifest.Path(p)]
	if !known || !IsStatic(p) || sum == want {
		return nil
	}
	again, err := c.get(ctx, p, release)
	if err != nil || again != sum {
		return err
	}
	return fmt.Errorf("%s shows another content than the file that was deployed", c.site.Where(p))
}

// get returns the sum of the body of a page.
func (c *Check) get(ctx context.Context, p string, release int) (sum deploy.Sum, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.site.address(p)+"?ferry="+strconv.Itoa(release), nil)
	if err != nil {
		return sum, fmt.Errorf("%s cannot be asked for", c.site.Where(p))
	}
	req.Header.Set("Cache-Control", "no-cache")
	resp, err := c.site.client.Do(req)
	if err != nil {
		return sum, fmt.Errorf("asking for %s: %w", c.site.Where(p), withoutAddress(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return sum, fmt.Errorf("%s answers %s", c.site.Where(p), resp.Status)
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(resp.Body, mostPage)); err != nil {
		return sum, fmt.Errorf("reading %s: %w", c.site.Where(p), err)
	}
	copy(sum[:], h.Sum(nil))
	return sum, nil
}
