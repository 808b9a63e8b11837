package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"ferry/internal/deploy"
	"ferry/internal/deploy/page"
	"ferry/manifest"
)

// A WebReport says what the web shows of the work directory of a site.
type WebReport struct {
	Work string `json:"work"` // the address of the work directory, without a login
	// Visible says that anybody can read what ferry keeps there.
	Visible bool `json:"visible"`
	Status  int  `json:"status"` // what the web server answered
	// Confirmed is a file of the site that the address shows as the server has it; "": none was
	// found, so that the address may be that of another site.
	Confirmed string `json:"confirmed,omitempty"`
	// Left is a name below the work directory that could not be removed again; "": none.
	Left string `json:"left,omitempty"`
}

// Rule returns the lines for the configuration of nginx that hide the work directory.
func (r *WebReport) Rule() string {
	u, err := url.Parse(r.Work)
	if err != nil {
		return ""
	}
	return "location ^~ " + u.Path + " { deny all; }"
}

// CheckWeb puts a file into the work directory of a site and asks the web server at address,
// which is that of the root of the site, for it.
func (o *Opener) CheckWeb(ctx context.Context, p *Pair, address string) (report *WebReport, err error) {
	d, err := o.OpenDeployment(ctx, p, DeployOptions{DryRun: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if _, missing, err := d.server.Root(ctx, false); err != nil || missing {
		if err == nil {
			err = failed(fmt.Errorf("%s is not there", p.Remote), "\"ferry deploy\" makes it")
		}
		return nil, err
	}
	server, work, err := d.webServer(ctx)
	if err != nil {
		return nil, err
	}
	return checkWeb(ctx, server, work, address)
}

// checkWeb is [Opener.CheckWeb] for any server, whose work directory is at this path, as seen from
// the site.
func checkWeb(ctx context.Context, server deploy.Server, work, address string) (*WebReport, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" {
		return nil, Usage(errors.New("that is not the address of a site"), "write it as https://example.com/")
	}
	name, token := "probe-"+strings.ToLower(rand.Text()[:12]), rand.Text()
	at := deploy.Work(name)
	upload := deploy.Upload{Name: name, Size: int64(len(token)), Open: func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(token[offset:])), nil
	}}
	var stored error
	if err := server.Upload(ctx, []deploy.Upload{upload}, func(_ int, u deploy.Uploaded) { stored = u.Err }); err != nil || stored != nil {
		return nil, fmt.Errorf("putting a file into the work directory: %w", errors.Join(err, stored))
	}
	report := new(WebReport)
	u := *base
	u.Path, u.RawPath = path.Join("/", base.Path, work), ""
	shown := u
	shown.User = nil
	report.Work = shown.String()
	site := page.NewSite(u.String())
	status, body, err := fetch(ctx, site, name)
	report.Status, report.Visible = status, bytes.Contains(body, []byte(token))
	errs, removeErr := server.Apply(context.WithoutCancel(ctx), [][]deploy.Chain{{{{Op: deploy.Delete, From: at}}}})
	if removeErr != nil || errs[0][0][0] != nil {
		report.Left = path.Join(work, name)
	}
	if err != nil {
		return report, err
	}
	site.URL = address
	report.Confirmed, err = confirm(ctx, server, site)
	return report, err
}

// mostConfirming is how many files of a site are compared with what the web shows.
const mostConfirming = 5

// confirm looks for a file that the web shows as the server has it, to see that the address
// is that of the site. It returns its name, "" where there is none.
func confirm(ctx context.Context, server deploy.Server, site *page.Site) (string, error) {
	lists, err := server.List(ctx, []manifest.Path{manifest.Root})
	if err != nil {
		return "", err
	}
	var names []string
	for name, look := range lists[manifest.Root].Entries {
		if look.Entry.IsFile() && look.Entry.Size > 0 && look.Entry.Size < page.MostFetched && page.IsStatic(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names[:min(len(names), mostConfirming)] {
		there, err := server.Download(ctx, deploy.Live(manifest.Path(name), lists[manifest.Root].Entries[name].Entry))
		if err != nil {
			continue
		}
		content, readErr := io.ReadAll(io.LimitReader(there, page.MostFetched))
		_, body, err := fetch(ctx, site, name)
		if errors.Join(readErr, there.Close(), err) == nil && bytes.Equal(content, body) {
			return name, nil
		}
	}
	return "", ctx.Err()
}

// fetch is [page.Site.Fetch], with advice where the web server cannot be reached.
func fetch(ctx context.Context, site *page.Site, p string) (status int, body []byte, err error) {
	status, body, err = site.Fetch(ctx, p)
	var unreached *page.UnreachedError
	if errors.As(err, &unreached) {
		err = &Error{Code: ExitFailed, Err: err, Hint: "is this the address of the site, and can this machine reach it?"}
	}
	return status, body, err
}
