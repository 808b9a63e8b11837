package app

import (
	"context"
	"time"

	"ferry/sync"
	"ferry/sync/watch"
	"ferry/watcher"
)

// watchLocal begins to watch the local directory, unless the pair only pulls.
func (k *watchedPair) watchLocal(ctx context.Context) {
	if k.pair.Direction == sync.Pull {
		return
	}
	w, err := watcher.New(k.pair.Local, watcher.Options{Ignore: k.pair.Rules.Match, Log: k.opener.Log, Notice: k.notice})
	if err != nil {
		k.opener.Log.Info("not watching yet", "profile", k.pair.ProfileName(), "because", err)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.watcher = w
}

// notice tells the user how local changes are noticed.
func (k *watchedPair) notice(text string) {
	k.mu.Lock()
	k.notices = append(k.notices, text)
	k.mu.Unlock()
	k.view.Warn("%s", text)
}

// retryWatch is how often it is tried to watch a local directory that cannot be
// watched yet.
const retryWatch = 10 * time.Second

// hint hands on what the watcher sees, until ctx ends.
func (k *watchedPair) hint(ctx context.Context, hints chan<- watch.Hint) {
	if k.pair.Direction == sync.Pull {
		return
	}
	send := func(h watch.Hint) bool {
		k.state.hint()
		select {
		case hints <- h:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for k.local() == nil {
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryWatch):
		}
		if k.watchLocal(ctx); k.local() != nil && !send(watch.Hint{Everything: true}) {
			break
		}
	}
	w := k.local()
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

func (k *watchedPair) local() *watcher.Watcher {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.watcher
}

// looking tells the watcher that its directory is about to be scanned.
func (k *watchedPair) looking() (done func()) {
	if w := k.local(); w != nil {
		return w.Look()
	}
	return func() {}
}
