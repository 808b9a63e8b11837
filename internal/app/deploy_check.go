package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"ferry/internal/config"
	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/manifest"
)

// How often a page is asked for after a deploy, and how long is waited in between: caches of
// web servers and of file systems may need a moment.
const (
	checkTries = 3
	checkPause = 3 * time.Second
	checkLimit = 10 * time.Second // for one answer
)

// mostPage is how many bytes of a page are read.
const mostPage = 64 << 20

// static are the files whose body is that of the file.
var static = []string{".html", ".htm", ".css", ".js", ".mjs", ".txt", ".json", ".svg"}

// A siteCheck asks the web server for pages of a site.
type siteCheck struct {
	config.DeployCheck
	client *http.Client
	pause  time.Duration
	query  string // behind the address, for [siteCheck.fetch]
	// sums are those of the files of the release.
	sums map[manifest.Path]deploy.Sum
}

func newSiteCheck(c config.DeployCheck, files []deploy.LocalFile) *siteCheck {
	s := &siteCheck{DeployCheck: c, client: &http.Client{Timeout: checkLimit}, pause: checkPause, sums: make(map[manifest.Path]deploy.Sum)}
	for _, f := range files {
		s.sums[f.Path] = f.Sum
	}
	return s
}

// run asks for all pages, each up to [checkTries] times, and returns the first that is wrong.
func (s *siteCheck) run(ctx context.Context, release int) error {
	paths := s.Paths
	if len(paths) == 0 {
		paths = []string{""}
	}
	for _, p := range paths {
		var err error
		for try := range checkTries {
			if try > 0 {
				if err := ftp.Sleep(ctx, s.pause); err != nil {
					return err
				}
			}
			if err = s.page(ctx, p, release); err == nil {
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
func (s *siteCheck) page(ctx context.Context, p string, release int) error {
	sum, err := s.get(ctx, p, release)
	if err != nil {
		return err
	}
	want, known := s.sums[manifest.Path(p)]
	if !known || !slices.Contains(static, path.Ext(p)) || sum == want {
		return nil
	}
	again, err := s.get(ctx, p, release)
	if err != nil || again != sum {
		return err
	}
	return fmt.Errorf("%s shows another content than the file that was deployed", s.where(p))
}

// get returns the sum of the body of a page.
func (s *siteCheck) get(ctx context.Context, p string, release int) (sum deploy.Sum, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address(p)+"?ferry="+strconv.Itoa(release), nil)
	if err != nil {
		return sum, fmt.Errorf("%s cannot be asked for", s.where(p))
	}
	req.Header.Set("Cache-Control", "no-cache")
	resp, err := s.client.Do(req)
	if err != nil {
		return sum, fmt.Errorf("asking for %s: %w", s.where(p), withoutAddress(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return sum, fmt.Errorf("%s answers %s", s.where(p), resp.Status)
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(resp.Body, mostPage)); err != nil {
		return sum, fmt.Errorf("reading %s: %w", s.where(p), err)
	}
	copy(sum[:], h.Sum(nil))
	return sum, nil
}

// address returns the address of a page, with the user and password of the site.
func (s *siteCheck) address(p string) string {
	var escaped []string
	for part := range strings.SplitSeq(p, "/") {
		escaped = append(escaped, url.PathEscape(part))
	}
	return strings.TrimSuffix(s.URL, "/") + "/" + strings.TrimPrefix(strings.Join(escaped, "/"), "/")
}

// where names a page for people, without a password.
func (s *siteCheck) where(p string) string {
	u, err := url.Parse(s.address(p))
	if err != nil {
		return "the site"
	}
	u.User = nil
	return u.String()
}

// withoutAddress returns what is wrong, without the address, which may hold a password.
func withoutAddress(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
