package app

import (
	"context"

	"ferry/manifest"
	"ferry/sync"
)

// A treeKeeper is a side that keeps the last whole tree which a scan of it returned.
type treeKeeper struct {
	Store
	tree **manifest.Tree
}

// Scan implements [sync.Replica].
func (s *treeKeeper) Scan(ctx context.Context, look sync.Look) (*manifest.Tree, error) {
	tree, err := s.Store.Scan(ctx, look)
	if err == nil && look.Dirs == nil {
		*s.tree = tree
	}
	return tree, err
}
