// Package page asks the web server for pages of a site.
package page

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// limit is how long is waited for one answer.
const limit = 10 * time.Second

// MostFetched is how many bytes of a page [Site.Fetch] returns.
const MostFetched = 1 << 20

// A Site is what a web server shows.
type Site struct {
	// URL is the address of the root, which may hold a user and a password.
	URL string
	// Query goes behind the address in [Site.Fetch].
	Query  string
	client *http.Client
}

// NewSite returns the site at this address.
func NewSite(address string) *Site { return &Site{URL: address, client: &http.Client{Timeout: limit}} }

// An UnreachedError says that a web server could not be asked.
type UnreachedError struct{ err error }

func (e *UnreachedError) Error() string { return e.err.Error() }
func (e *UnreachedError) Unwrap() error { return e.err }

// Fetch asks for a path and returns the beginning of what comes, with any status.
func (s *Site) Fetch(ctx context.Context, p string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address(p)+s.Query, nil)
	if err != nil {
		return 0, nil, fmt.Errorf("%s cannot be asked for", s.Where(p))
	}
	req.Header.Set("Cache-Control", "no-cache")
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, nil, &UnreachedError{fmt.Errorf("asking for %s: %w", s.Where(p), withoutAddress(err))}
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, MostFetched))
	return resp.StatusCode, body, err
}

// address returns the address of a page, with the user and password of the site.
func (s *Site) address(p string) string {
	var escaped []string
	for part := range strings.SplitSeq(p, "/") {
		escaped = append(escaped, url.PathEscape(part))
	}
	return strings.TrimSuffix(s.URL, "/") + "/" + strings.TrimPrefix(strings.Join(escaped, "/"), "/")
}

// Where names a page for people, without a password.
func (s *Site) Where(p string) string {
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
