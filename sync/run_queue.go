package sync

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

// lanes are the runs of a stage that wait for a worker. Half of the workers take
// large files first and the others small ones, so that neither waits for all of
// the other kind; whoever finds none of its own kind helps with the other.
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

// next returns a run, nil where none is left.
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

// applyParallel carries runs out, as many at a time as there are workers.
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
