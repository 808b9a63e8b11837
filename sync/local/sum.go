package local

import (
	"context"
	"crypto/sha256"
	"fmt"

	"ferry/manifest"
	"ferry/sync"
)

// Sum implements [sync.Replica].
func (d *Directory) Sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error) {
	sum, err := d.sum(ctx, p, want)
	if err != nil {
		return "", fmt.Errorf("sum of %s: %w", p, err)
	}
	return sum, nil
}

func (d *Directory) sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error) {
	file, err := d.openChecked(ctx, p, want)
	if err != nil {
		return "", err
	}
	defer file.f.Close()
	h := sha256.New()
	n, err := copyN(ctx, h, file.f, 1<<62)
	if err != nil {
		return "", err
	}
	if n != file.before.Size {
		return "", fmt.Errorf("%d bytes of %d: %w", n, file.before.Size, sync.ErrChanged)
	}
	if _, err := file.confirm(ctx); err != nil {
		return "", err
	}
	return string(h.Sum(nil)), nil
}
