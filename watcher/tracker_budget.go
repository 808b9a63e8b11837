package watcher

import "sync"

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
