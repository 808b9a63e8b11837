package app

import (
	"context"

	"ferry/manifest"
	"ferry/sync"
)

// A scannedSide is a side that saves the last whole tree which a scan returned.
type scannedSide struct {
	Store
	tree **manifest.Tree
}

// Scan implements [sync.Replica].
func (s *scannedSide) Scan(ctx context.Context, look sync.Look) (*manifest.Tree, error) {
	tree, err := s.Store.Scan(ctx, look)
	if err == nil && look.Dirs == nil {
		*s.tree = tree
	}
	return tree, err
}
