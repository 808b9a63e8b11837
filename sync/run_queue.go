package sync

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

// A runQueue holds the runs of a stage that wait for a worker. Half of the workers
// prefer large files and the others small ones, so that neither kind waits for all
// of the other. A worker that finds no run of its kind takes one of the other.
type runQueue struct {
	mu           sync.Mutex
	small, large [][]*Action
}

func newRunQueue(runs [][]*Action) *runQueue {
	l := &runQueue{}
	for _, run := range runs {
		if len(run) == 1 && run[0].stage() == stageTransfer && run[0].Size >= largeBytes {
			l.large = append(l.large, run)
		} else {
			l.small = append(l.small, run)
		}
	}
	return l
}

// next returns the next run, or nil if none is left.
func (l *runQueue) next(large bool) []*Action {
	l.mu.Lock()
	defer l.mu.Unlock()
	first, second := &l.small, &l.large
	if large {
		first, second = second, first
	}
	if len(*first) == 0 {
		first = second
	}
	if len(*first) == 0 {
		return nil
	}
	run := (*first)[0]
	*first = (*first)[1:]
	return run
}

// applyParallel carries out runs, one per worker at a time.
func (p *pass) applyParallel(ctx context.Context, runs [][]*Action) error {
	waiting := newRunQueue(runs)
	group, ctx := errgroup.WithContext(ctx)
	for i := range min(p.opts.Workers, len(runs)) {
		group.Go(func() error {
			for run := waiting.next(i%2 == 0); run != nil; run = waiting.next(i%2 == 0) {
				if err := p.applyRun(ctx, run); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}
