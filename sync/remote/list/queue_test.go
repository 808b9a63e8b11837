package list

import (
	"context"
	stdsync "sync"
	"testing"
	"time"
)

// A knocked is a lock that tells of those who want it.
type knocked struct {
	stdsync.Mutex
	knocks chan struct{}
}

func (k *knocked) Lock() {
	k.knocks <- struct{}{}
	k.Mutex.Lock()
}

// TestWakeAfter holds that one who looks whether the context goes on, and then
// waits, both under the lock, is woken when it ends between the two.
func TestWakeAfter(t *testing.T) {
	k := &knocked{knocks: make(chan struct{}, 3)}
	c := stdsync.NewCond(k)
	ctx, cancel := context.WithCancel(t.Context())
	defer wakeAfter(ctx, c)()
	woken := make(chan struct{})
	go func() {
		defer close(woken)
		c.L.Lock()
		defer c.L.Unlock()
		<-k.knocks
		cancel()
		select {
		case <-k.knocks: // whoever wakes us waits for the lock first
		case <-time.After(5 * time.Second):
			t.Error("nobody asks for the lock")
			return
		}
		c.Wait()
	}()
	select {
	case <-woken:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody woke the one who waits")
	}
}
