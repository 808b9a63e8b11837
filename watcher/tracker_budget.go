package watcher

import (
	"sync"
	"syscall"
)

// A budget is how many files all watchers of the process together may keep open. A nil
// budget has no limit.
type budget struct {
	mu    sync.Mutex
	limit int
	used  int
}

// processBudget returns the budget of the process.
var processBudget = sync.OnceValue(func() *budget {
	if limit := openFileLimit(); limit > 0 {
		return &budget{limit: limit}
	}
	return nil
})

// take takes n files out of the budget, and reports false if it has not as many.
func (b *budget) take(n int) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used+n > b.limit {
		return false
	}
	b.used += n
	return true
}

// give gives n files back.
func (b *budget) give(n int) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= n
}

// grow takes an open file for a name that has appeared in n, if n is watched. If there is
// none, n is polled from now on, and grow returns false.
func (t *tracker) grow(n *node) bool {
	switch {
	case t.budget == nil || n.coverage != watched:
		return true
	case t.budget.take(1):
		n.cost++
		t.used++
		return true
	}
	t.shortage = syscall.EMFILE
	t.unwatch(n)
	t.setCoverage(n, polled)
	if _, err := t.readSnapshot(n, n.disk(t.root)); err != nil {
		t.setCoverage(n, unreadable)
	}
	return false
}

// shrink gives the open file of a name back that has vanished from n.
func (t *tracker) shrink(n *node) {
	if t.budget == nil || n.coverage != watched || n.cost <= 1 {
		return
	}
	n.cost--
	t.used--
	t.budget.give(1)
}
