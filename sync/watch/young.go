package watch

import (
	stdsync "sync"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// young holds local files that passes left alone because they were too young. No event
// reports them when they are old enough, so they become hints then. The zero young is
// empty. Its methods may be called from any goroutine.
type young struct {
	mu    stdsync.Mutex
	until map[manifest.Path]time.Time
}

// observe takes the young files of a plan.
func (y *young) observe(ev sync.Event) {
	planned, ok := ev.(sync.Planned)
	if !ok {
		return
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, skip := range planned.Plan.Skips {
		if skip.Side == sync.Local && !skip.Until.IsZero() {
			if y.until == nil {
				y.until = make(map[manifest.Path]time.Time)
			}
			y.until[skip.Path] = skip.Until
		}
	}
}

// take returns the files that are old enough now.
func (y *young) take(now time.Time) (paths []manifest.Path) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for path, until := range y.until {
		if !until.After(now) {
			paths = append(paths, path)
			delete(y.until, path)
		}
	}
	return paths
}

// before returns when the first of them is old enough, and at most limit.
func (y *young) before(limit time.Time) time.Time {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, until := range y.until {
		if until.Before(limit) {
			limit = until
		}
	}
	return limit
}
