package app

import (
	"context"
	"maps"
	"os"
	"slices"
	stdsync "sync"
	"time"
)

// lookEvery is how often the files are looked at from which a watch takes its rules.
// Editors put new files in the place of old ones, which a look at the name notices.
const lookEvery = 2 * time.Second

// A fileWatch tells when one of a few files has changed: the configuration and the
// ignore files that the pairs of a watch come from.
type fileWatch struct {
	changed chan struct{}

	mu    stdsync.Mutex // guards files
	files map[string]os.FileInfo
}

// watchFiles looks at files until ctx ends.
func watchFiles(ctx context.Context, files []string) *fileWatch {
	f := &fileWatch{changed: make(chan struct{}, 1)}
	f.follow(files)
	go f.run(ctx)
	return f
}

// follow looks at other files from now on, taken as they are now.
func (f *fileWatch) follow(files []string) {
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
func (f *fileWatch) run(ctx context.Context) {
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
func (f *fileWatch) accept(known, now map[string]os.FileInfo) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !sameLooks(f.files, known) {
		return // read again in between
	}
	f.files = now
	select {
	case f.changed <- struct{}{}:
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
