package local

import (
	"context"
	"fmt"

	"ferry/sync"
)

// openSource opens the source to go on where the temporary file ends. What an earlier
// attempt left is first compared with the source at its end. The error wraps
// errOtherSource where it does not belong to this source, or that cannot be told.
func (w *fileWriter) openSource(ctx context.Context) (sync.Source, error) {
	overlap := min(w.size, sync.OverlapBytes)
	src, err := w.step.Open(ctx, w.size-overlap)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	if overlap == 0 {
		return src, nil
	}
	err = w.compareOverlap(src, overlap)
	if err == nil && !w.identified() && !sync.TellsHash(src) {
		err = errOtherSource
	}
	if err != nil {
		src.Close()
		return nil, err
	}
	return src, nil
}

// identified reports whether a source that was replaced or rewritten since an earlier
// attempt would have another fingerprint, even if it has its old size and time.
func (w *fileWriter) identified() bool { return w.step.Want.ID != 0 || w.step.Want.Changed != 0 }

// compareOverlap compares the end of the temporary file with the source.
func (w *fileWriter) compareOverlap(src sync.Source, overlap int64) error {
	part := make([]byte, overlap)
	if _, err := w.f.ReadAt(part, w.size-overlap); err != nil {
		return fmt.Errorf("%w: %w", errOtherSource, err)
	}
	same, err := sync.SameOverlap(src, part)
	if err == nil && !same {
		err = errOtherSource
	}
	return err
}
