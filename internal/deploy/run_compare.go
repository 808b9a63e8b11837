package deploy

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	stdsync "sync"

	"ferry/internal/text"
	"ferry/manifest"
)

// comparing is how many files are compared at a time.
const comparing = 4

// compare compares the contents of those files of the site that no deploy put there and that
// have the size of the local file.
func (r *run) compare(ctx context.Context, site Site) (map[manifest.Path]bool, error) {
	open := Uncompared(site, r.local, r.Policy)
	if len(open) == 0 {
		return nil, nil
	}
	r.Observer(Noticed{Text: "the site and the local directory both have " + text.Count(len(open), "file") + " of equal size that no deploy put there: the contents are compared"})
	local := make(map[manifest.Path]LocalFile, len(r.local))
	for _, f := range r.local {
		local[f.Path] = f
	}
	same := make(map[manifest.Path]bool)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu stdsync.Mutex
	var wg stdsync.WaitGroup
	next := make(chan manifest.Path)
	for range min(comparing, len(open)) {
		wg.Go(func() {
			for p := range next {
				there, _ := site.at(p)
				sum, err := r.sumThere(ctx, Live(p, there.Entry), local[p].Size)
				if err != nil && !errors.Is(err, errOtherSize) {
					cancel(fmt.Errorf("comparing %q: %w", p, err))
					return
				}
				mu.Lock()
				same[p] = err == nil && sum == local[p].Sum
				mu.Unlock()
			}
		})
	}
	for _, p := range open {
		select {
		case next <- p:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return same, nil
}

var errOtherSize = errors.New("another size")

// sumThere returns the sum of a file on the server.
func (r *run) sumThere(ctx context.Context, at Place, size int64) (sum Sum, err error) {
	hash, err := r.Server.Hash(ctx, at)
	if err == nil {
		copy(sum[:], hash)
		return sum, nil
	}
	if !errors.Is(err, ErrUnsupported) {
		return sum, err
	}
	content, err := r.Server.Download(ctx, at)
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(content, size+1))
	if err = errors.Join(err, content.Close()); err != nil {
		return sum, err
	}
	if n != size {
		return sum, errOtherSize
	}
	copy(sum[:], h.Sum(nil))
	return sum, nil
}
