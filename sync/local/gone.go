package local

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
	"ferry/sync"
)

// Gone implements [sync.Replica]. It looks for each path under every spelling it
// may have on disk.
func (d *Directory) Gone(ctx context.Context, paths []manifest.Path, was []manifest.Entry) []error {
	errs := make([]error, len(paths))
	for i, p := range paths {
		if err := d.gone(ctx, p, was[i]); err != nil {
			errs[i] = fmt.Errorf("looking for %s: %w", p, err)
		}
	}
	d.checkMounted(paths, was, errs)
	if _, err := d.currentRoot(); err != nil { // the root is gone, so no answer counts
		for i := range errs {
			errs[i] = errors.Join(errs[i], err)
		}
	}
	return errs
}

func (d *Directory) gone(ctx context.Context, p manifest.Path, was manifest.Entry) error {
	if err := stopped(ctx); err != nil {
		return err
	}
	root, err := d.currentRoot()
	if err != nil {
		return err
	}
	names := []string{d.spellings.diskName(p), p.Base()}
	if was.Name != "" {
		names = append(names, was.Name)
	}
	if nfd := norm.NFD.String(p.Base()); nfd != p.Base() {
		names = append(names, nfd)
	}
	for _, name := range names {
		info, _, done, err := d.find(root, p, name)
		if errors.Is(err, errNoDirectory) {
			return nil
		}
		if err != nil {
			return err
		}
		done()
		if info != nil {
			return sync.ErrPresent
		}
	}
	return nil
}
