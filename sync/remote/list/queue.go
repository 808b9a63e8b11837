package list

import (
	"context"
	stdsync "sync"

	"golang.org/x/sync/errgroup"

	"ferry/manifest"
)

// A Folder is a directory to be listed.
type Folder struct {
	Path manifest.Path
	ID   uint64  // of the directory itself; 0: unknown
	Up   *Folder // the one that holds it; nil at the start of a walk

	SeenEmpty bool  // one session saw nothing in it, where something was
	Why       error // it cannot be listed, however often it is tried; nil: not known
}

// Loops reports whether a directory with this identity is on the way to f.
func (f *Folder) Loops(id uint64) bool {
	for ; id != 0 && f != nil; f = f.Up {
		if f.ID == id {
			return true
		}
	}
	return false
}

// A Queue holds the folders that a walk is still to list. Its methods may be
// called from several goroutines.
type Queue struct {
	mu      stdsync.Mutex
	wake    *stdsync.Cond // over mu
	folders []*Folder
	busy    int // folders being listed, which may add to the queue
}

// NewQueue returns an empty queue.
func NewQueue() *Queue {
	q := new(Queue)
	q.wake = stdsync.NewCond(&q.mu)
	return q
}

// Add adds folders at the end.
func (q *Queue) Add(folders ...*Folder) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.folders = append(q.folders, folders...)
	q.wake.Broadcast()
}

// Run lists all folders, several at a time, and returns the first error. list may add
// folders, and must call Done for each that it was given or took by more.
func (q *Queue) Run(ctx context.Context, workers int, list func(ctx context.Context, f *Folder) error) error {
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
func (q *Queue) next(ctx context.Context) (*Folder, error) {
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

// More returns the next folder, nil where there is none at the moment.
func (q *Queue) More() *Folder {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.first()
}

// first takes the first folder off the queue. q.mu is held.
func (q *Queue) first() *Folder {
	if len(q.folders) == 0 {
		return nil
	}
	f := q.folders[0]
	q.folders = q.folders[1:]
	q.busy++
	return f
}

// Done ends the listing of a folder that next or More returned.
func (q *Queue) Done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy--
	q.wake.Broadcast()
}

// Waiting returns how many folders are known and not yet begun.
func (q *Queue) Waiting() int {
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
