package app

import (
	"context"
	"iter"

	"ferry/internal/app/news"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/watch"
)

// A watchSession is a watched pair with its sides connected.
type watchSession struct {
	*watchedPair
	open *OpenPair
}

// Sync implements [watch.Session].
func (s *watchSession) Sync(ctx context.Context) (sync.Summary, error) {
	return s.pass(ctx, true, s.open.Engine.Sync)
}

// SyncPaths implements [watch.Session].
func (s *watchSession) SyncPaths(ctx context.Context, scope sync.Scope) (sync.Summary, error) {
	return s.pass(ctx, false, func(ctx context.Context) (sync.Summary, error) { return s.open.Engine.SyncPaths(ctx, scope) })
}

// Dirs implements [watch.Session].
func (s *watchSession) Dirs() iter.Seq[manifest.Path] {
	return func(yield func(manifest.Path) bool) {
		if s.open.record == nil {
			return
		}
		for path, pair := range s.open.record.All() {
			if pair.Kind() == manifest.Dir && path != manifest.Root && !yield(path) {
				return
			}
		}
	}
}

// Rest implements [watch.Rester].
func (s *watchSession) Rest(ctx context.Context) {
	if rester, ok := s.open.Sides[sync.Remote].(watch.Rester); ok {
		rester.Rest(ctx)
	}
}

// Close implements [watch.Session].
func (s *watchSession) Close() error {
	s.connected(nil)
	return s.open.Close()
}

// pass makes one pass and reports it, if there is anything to report.
func (s *watchSession) pass(ctx context.Context, full bool, work func(context.Context) (sync.Summary, error)) (sync.Summary, error) {
	filter := news.New(s.view.Pass(), &s.told, full, s.busy)
	s.setFilter(filter)
	summary, err, hookErr := s.hooks.around(ctx, work)
	s.setFilter(nil)
	if err == nil && ctx.Err() == nil {
		s.retention.Trim(ctx, s.open.bins())
	}
	s.recordPass(ctx, summary, err, hookErr)
	if ctx.Err() != nil {
		s.cancelled(filter, summary, err)
		return summary, err
	}
	filter.End(summary, err)
	if s.fails(err) && !filter.Begun() {
		s.view.PassFailed(err)
	}
	if hookErr != nil {
		s.view.Failed(hookErr)
	}
	return summary, err
}

// cancelled ends the report of a pass that was told to end, which is no failure.
func (s *watchSession) cancelled(filter *news.Filter, summary sync.Summary, err error) {
	switch {
	case err == nil:
		filter.End(summary, nil)
	case !s.opener.Quiet:
		filter.End(summary, Interrupted())
	}
}

func (s *watchSession) setFilter(f *news.Filter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.filter = f
}
