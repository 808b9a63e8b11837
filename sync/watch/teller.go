package watch

import (
	stdsync "sync"
	"time"
)

const (
	// mostUntold is how many changes wait for a listener.
	mostUntold = 256
	// lastWord is how long the end of a keeper waits for its listener.
	lastWord = time.Second
)

// A teller tells a listener of changes, in order, without anybody waiting for
// it.
type teller struct {
	mu   stdsync.Mutex
	news []Status
	more chan struct{} // holds a token when there may be news
	done chan struct{}
}

func newTeller(changed func(Status)) *teller {
	t := &teller{more: make(chan struct{}, 1), done: make(chan struct{})}
	go func() {
		defer close(t.done)
		for range t.more {
			for _, s := range t.take() {
				changed(s)
			}
		}
	}()
	return t
}

func (t *teller) take() []Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	news := t.news
	t.news = nil
	return news
}

func (t *teller) tell(s Status) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.news) == mostUntold {
		t.news = t.news[1:]
	}
	t.news = append(t.news, s)
	select {
	case t.more <- struct{}{}:
	default:
	}
}

// end returns when everything was told, or when that takes too long.
func (t *teller) end() {
	close(t.more)
	select {
	case <-t.done:
	case <-time.After(lastWord):
	}
}
