package app

import (
	"context"
	"time"

	"ferry/sync"
	"ferry/sync/watch"
	"ferry/watcher"
)

// watchLocal begins to watch the local directory, unless the pair only pulls.
func (wp *watchedPair) watchLocal(ctx context.Context) {
	if wp.pair.Direction == sync.Pull {
		return
	}
	w, err := watcher.New(wp.pair.Local, watcher.Options{Ignore: wp.pair.ignored, Log: wp.opener.Log, Notice: wp.notice})
	if err != nil {
		wp.opener.Log.Info("not watching yet", "profile", wp.pair.ProfileName(), "because", err)
		return
	}
	wp.mu.Lock()
	defer wp.mu.Unlock()
	wp.watcher = w
}

// notice tells the user how local changes are noticed.
func (wp *watchedPair) notice(text string) {
	wp.mu.Lock()
	wp.notices = append(wp.notices, text)
	wp.mu.Unlock()
	wp.view.Warn("%s", text)
}

// retryWatch is how often it is tried to watch a local directory that cannot be
// watched yet.
const retryWatch = 10 * time.Second

// hint hands on what the watcher sees, until ctx ends.
func (wp *watchedPair) hint(ctx context.Context, hints chan<- watch.Hint) {
	if wp.pair.Direction == sync.Pull {
		return
	}
	send := func(h watch.Hint) bool {
		wp.state.hint()
		select {
		case hints <- h:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for wp.local() == nil {
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryWatch):
		}
		if wp.watchLocal(ctx); wp.local() != nil && !send(watch.Hint{Everything: true}) {
			break
		}
	}
	w := wp.local()
	defer w.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case b, ok := <-w.Batches():
			if !ok || !send(watch.Hint{Paths: b.Paths, Everything: b.Everything}) {
				return
			}
		}
	}
}

func (wp *watchedPair) local() *watcher.Watcher {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	return wp.watcher
}

// looking tells the watcher that its directory is about to be scanned.
func (wp *watchedPair) looking() (done func()) {
	if w := wp.local(); w != nil {
		return w.BeginScan()
	}
	return func() {}
}
