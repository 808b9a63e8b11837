package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"ferry/internal/deploy"
	"ferry/manifest"
)

// SavedVersions returns the versions of somebody else that deploys have saved, the newest first.
func (d *Deployment) SavedVersions(ctx context.Context) ([]deploy.SavedVersion, error) {
	saved, err := deploy.SavedVersions(ctx, d.options())
	return saved, d.explain(err)
}

// FetchSaved writes the version of a file of the site that release n has saved, or the newest one
// where n is 0, into a local file, which must not be there yet.
func (d *Deployment) FetchSaved(ctx context.Context, path string, n int, to string) (deploy.SavedVersion, error) {
	p, err := manifest.ParsePath(path)
	if err != nil {
		return deploy.SavedVersion{}, Usage(err, "write it relative to the root of the site, as css/site.css")
	}
	saved, content, err := deploy.FetchSaved(ctx, d.options(), p, n)
	if err != nil {
		if errors.Is(err, deploy.ErrNotKept) {
			return saved, failed(err, "\"ferry releases --drift\" lists what is kept")
		}
		return saved, d.explain(err)
	}
	return saved, d.explain(store(content, to, saved.Size))
}

// store writes content into a new file, and removes it again where that fails.
func store(content io.ReadCloser, to string, size int64) (err error) {
	defer func() { err = errors.Join(err, content.Close()) }()
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return failed(fmt.Errorf("%s is there already", to), "--output FILE writes to another one")
	}
	if err != nil {
		return err
	}
	n, err := io.Copy(f, content)
	if err == nil && n != size {
		err = fmt.Errorf("the server sent %d bytes of %d", n, size)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}
