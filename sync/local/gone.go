package local

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
	"ferry/sync"
)

// Gone implements [sync.Replica]. Each path is looked for under every spelling
// that it may have on disk.
func (d *Directory) Gone(ctx context.Context, paths []manifest.Path, was []manifest.Entry) []error {
	errs := make([]error, len(paths))
	for i, p := range paths {
		if err := d.gone(ctx, p, was[i]); err != nil {
			errs[i] = fmt.Errorf("looking for %s: %w", p, err)
		}
	}
	if _, err := d.home(false); err != nil { // it went away meanwhile: nothing counts
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
	h, err := d.home(false)
	if err != nil {
		return err
	}
	names := []string{d.names.name(p), p.Base()}
	if was.Name != "" {
		names = append(names, was.Name)
	}
	if nfd := norm.NFD.String(p.Base()); nfd != p.Base() {
		names = append(names, nfd)
	}
	for _, name := range names {
		info, _, done, err := d.find(h, p, name)
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
