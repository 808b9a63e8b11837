package report

import (
	"strings"
	stdsync "sync"

	"ferry/sync"
)

// A lockedBuilder is an output that several goroutines write to.
type lockedBuilder struct {
	mu   stdsync.Mutex
	text strings.Builder
}

func (b *lockedBuilder) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuilder) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func onePlan() *sync.Plan {
	return &sync.Plan{Actions: sync.ActionsOf(sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "a", Size: 1, LocalChange: sync.Created})}
}
