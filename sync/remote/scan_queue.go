package remote

import (
	"context"
	stdsync "sync"

	"golang.org/x/sync/errgroup"

	"ferry/manifest"
)

// A folder is a directory to be listed.
type folder struct {
	path manifest.Path
	id   uint64  // of the directory itself; 0: unknown
	up   *folder // the one that holds it; nil at the start of a walk

	seenEmpty bool  // one session saw nothing in it, where something was
	why       error // it cannot be listed, however often it is tried; nil: not known
}

// loops reports whether a directory with this identity is on the way to f.
func (f *folder) loops(id uint64) bool {
	for ; id != 0 && f != nil; f = f.up {
		if f.id == id {
			return true
		}
	}
	return false
}

// A folderQueue holds the folders that a walk is still to list. Its methods may be
// called from several goroutines.
type folderQueue struct {
	mu      stdsync.Mutex
	wake    *stdsync.Cond // over mu
	folders []*folder
	busy    int // folders being listed, which may add to the queue
}

func newFolderQueue() *folderQueue {
	q := new(folderQueue)
	q.wake = stdsync.NewCond(&q.mu)
	return q
}

func (q *folderQueue) add(folders ...*folder) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.folders = append(q.folders, folders...)
	q.wake.Broadcast()
}

// run lists all folders, several at a time, and returns the first error. list may add
// folders, and must call done for each that it was given or took by more.
func (q *folderQueue) run(ctx context.Context, workers int, list func(ctx context.Context, f *folder) error) error {
	group, ctx := errgroup.WithContext(ctx)
	defer wakeAfter(ctx, q.wake)()
	for range workers {
		group.Go(func() error {
			for {
				f, err := q.next(ctx)
				if f == nil || err != nil {
					return err
				}
				if err := list(ctx, f); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// next waits for a folder to list. It returns nil when all are listed.
func (q *folderQueue) next(ctx context.Context) (*folder, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.folders) == 0 && q.busy > 0 && ctx.Err() == nil {
		q.wake.Wait()
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return q.first(), nil
}

// more returns the next folder, nil where there is none at the moment.
func (q *folderQueue) more() *folder {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.first()
}

// first takes the first folder off the queue. q.mu is held.
func (q *folderQueue) first() *folder {
	if len(q.folders) == 0 {
		return nil
	}
	f := q.folders[0]
	q.folders = q.folders[1:]
	q.busy++
	return f
}

// done ends the listing of a folder that next or more returned.
func (q *folderQueue) done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy--
	q.wake.Broadcast()
}

// waiting returns how many folders are known and not yet begun.
func (q *folderQueue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.folders)
}

// wakeAfter wakes all who wait on c when ctx ends, until stop is called. It takes the
// lock of c for that: otherwise one who has just seen ctx go on, and is about to wait,
// would never wake.
func wakeAfter(ctx context.Context, c *stdsync.Cond) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		c.L.Lock()
		defer c.L.Unlock()
		c.Broadcast()
	})
}
