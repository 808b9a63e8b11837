package app

import (
	stdsync "sync"

	"ferry/internal/deploy"
)

// oneAtATime returns an observer that may be called by several goroutines: while the engine
// works, the local directory is read, and sessions are opened.
func oneAtATime(observer func(deploy.Event)) func(deploy.Event) {
	var mu stdsync.Mutex
	return func(ev deploy.Event) {
		mu.Lock()
		defer mu.Unlock()
		observer(ev)
	}
}
