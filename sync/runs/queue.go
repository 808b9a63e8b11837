package runs

import "sync"

// A Queue holds the runs of a stage that wait for a worker. Half of the workers
// prefer large files and the others small ones, so that neither kind waits for all
// of the other. A worker that finds no run of its kind takes one of the other.
type Queue struct {
	mu           sync.Mutex
	small, large [][]Task
}

// NewQueue returns a queue of all runs of a stage.
func NewQueue(runs [][]Task) *Queue {
	l := &Queue{}
	for _, run := range runs {
		if len(run) == 1 && run[0].Size >= Large {
			l.large = append(l.large, run)
		} else {
			l.small = append(l.small, run)
		}
	}
	return l
}

// Next returns the next run, or nil if none is left.
func (l *Queue) Next(large bool) []Task {
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
