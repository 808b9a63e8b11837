package watch

import (
	"context"
	stdsync "sync"
)

// HandOver lets another process work on the pair. It waits for the running pass to
// end and closes the session; until takeBack is called the watch leaves the pair
// alone. After that it makes a full pass. Only one caller can have the pair; others
// wait. HandOver returns an error if ctx is cancelled first. Before Run and after
// it, HandOver returns at once.
func (w *Watch) HandOver(ctx context.Context) (takeBack func(), err error) {
	select {
	case w.handover <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	granted := make(chan struct{})
	w.request(func(r *requests) {
		r.handover, r.granted = true, granted
		if !w.started {
			close(granted)
			r.granted = nil
		}
	})
	takeBack = stdsync.OnceFunc(func() {
		w.request(func(r *requests) { r.handover, r.granted = false, nil })
		<-w.handover
	})
	select {
	case <-granted:
	case <-w.ended:
	case <-ctx.Done():
		takeBack()
		return nil, context.Cause(ctx)
	}
	return takeBack, nil
}

// confirmHandover tells the waiting caller of HandOver once the pair is free.
func (l *loop) confirmHandover() {
	if !l.handedOver || l.busy || !l.scheduler.released() {
		return
	}
	l.watch.mu.Lock()
	defer l.watch.mu.Unlock()
	if l.watch.requests.granted != nil {
		close(l.watch.requests.granted)
		l.watch.requests.granted = nil
	}
}
