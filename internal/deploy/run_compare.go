package deploy

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	stdsync "sync"

	"ferry/manifest"
)

// comparing is how many files a first deploy compares at a time.
const comparing = 4

// compareFirst compares the contents of those files of the site that have the size of the
// local file, for a first deploy.
func (r *run) compareFirst(ctx context.Context, lists map[manifest.Path]*DirList) (map[manifest.Path]bool, error) {
	same := make(map[manifest.Path]bool)
	var open []LocalFile
	for _, f := range r.local {
		l := lists[f.Path.Parent()]
		if l == nil || r.Policy.First == OverwriteFirst {
			continue
		}
		switch there := l.Entries[f.Path.Base()].Entry; {
		case !there.IsFile() || there.Size != f.Size:
		case r.Policy.First == TrustFirst:
			same[f.Path] = true
		default:
			open = append(open, f)
		}
	}
	if len(open) > 0 {
		r.Observer(Noticed{Text: fmt.Sprintf("a first deploy: %d files on the server have the size of a local file, and their contents are compared", len(open))})
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu stdsync.Mutex
	var wg stdsync.WaitGroup
	next := make(chan LocalFile)
	for range min(comparing, len(open)) {
		wg.Go(func() {
			for f := range next {
				sum, err := r.sumThere(ctx, Live(f.Path, lists[f.Path.Parent()].Entries[f.Path.Base()].Entry), f.Size)
				if err != nil && !errors.Is(err, errOtherSize) {
					cancel(fmt.Errorf("comparing %q: %w", f.Path, err))
					return
				}
				mu.Lock()
				same[f.Path] = err == nil && sum == f.Sum
				mu.Unlock()
			}
		})
	}
	for _, f := range open {
		select {
		case next <- f:
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
