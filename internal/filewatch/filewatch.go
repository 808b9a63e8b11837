// Package filewatch tells when one of a few files has changed.
package filewatch

import (
	"context"
	"maps"
	"os"
	"slices"
	"sync"
	"time"
)

// lookEvery is how often the files are looked at from which a watch takes its rules.
// Editors put new files in the place of old ones, which a look at the name notices.
const lookEvery = 2 * time.Second

// A Watch tells when one of a few files has changed: the configuration and the
// ignore files that the pairs of a watch come from.
type Watch struct {
	// Changed gets a value after a change.
	Changed chan struct{}

	mu    sync.Mutex // guards files
	files map[string]os.FileInfo
}

// Start looks at files until ctx ends.
func Start(ctx context.Context, files []string) *Watch {
	f := &Watch{Changed: make(chan struct{}, 1)}
	f.Follow(files)
	go f.run(ctx)
	return f
}

// Follow looks at other files from now on, taken as they are now.
func (f *Watch) Follow(files []string) {
	now := lookAt(files)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files = now
}

// lookAt returns what files look like from outside, nil for those that are not
// there.
func lookAt(files []string) map[string]os.FileInfo {
	found := make(map[string]os.FileInfo, len(files))
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil {
			info = nil
		}
		found[path] = info
	}
	return found
}

// run looks at the files again and again. A change counts when two looks in a row find
// the same: whoever writes a file in place is done by then.
func (f *Watch) run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var before map[string]os.FileInfo // a change that was seen one look ago
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		f.mu.Lock()
		known := f.files
		f.mu.Unlock()
		now := lookAt(slices.Collect(maps.Keys(known)))
		switch {
		case sameLooks(known, now):
			before = nil
		case before == nil || !sameLooks(before, now):
			before = now
		default:
			before = nil
			f.accept(known, now)
		}
	}
}

// accept takes what files look like now for known, and tells that they have changed.
func (f *Watch) accept(known, now map[string]os.FileInfo) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !sameLooks(f.files, known) {
		return // read again in between
	}
	f.files = now
	select {
	case f.Changed <- struct{}{}:
	default:
	}
}

func sameLooks(a, b map[string]os.FileInfo) bool {
	return maps.EqualFunc(a, b, func(a, b os.FileInfo) bool {
		if a == nil || b == nil {
			return a == b
		}
		return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
	})
}
