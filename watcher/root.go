package watcher

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// rootEvery is how often the root itself is looked at, at the least: nothing
// tells when a disk is unmounted or a directory above is renamed.
const rootEvery = 2 * time.Second

// findRoot returns the identity of the root, or why it cannot be watched.
func (w *Watcher) findRoot() (identity, error) {
	f, err := os.Open(w.root)
	if err != nil {
		return identity{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return identity{}, err
	case !info.IsDir():
		return identity{}, &os.PathError{Op: "watch", Path: w.root, Err: syscall.ENOTDIR}
	}
	return identify(info), nil
}

// begin watches the root and all below it, as if for the first time.
func (w *Watcher) begin() {
	w.end()
	w.stale = false
	w.mounts = mounts(w.root)
	id, err := w.findRoot()
	if err != nil {
		w.setLost(err)
		return
	}
	w.setLost(nil)
	w.id = id
	w.queue = newQueue()
	w.tracker.sys, w.opened = w.open(w.queue, w.o.Log)
	if w.opened != nil {
		w.tracker.sys = nil
	}
	begun := time.Now()
	w.tracker.start(id)
	w.tracker.moves = nil
	w.lookedClosely(begun)
	w.o.Log.Debug("watching", "root", w.root, "watched", w.tracker.watched, "polled", w.tracker.polled,
		"took", time.Since(begun))
}

// end lets go of everything.
func (w *Watcher) end() {
	w.tracker.close()
	w.selfMoved = ""
}

// checkRoot finds out whether the root is still there, and still the same.
func (w *Watcher) checkRoot(now time.Time) {
	id, err := w.findRoot()
	lost := w.tracker.top == nil
	switch {
	case err != nil && lost:
		w.setLost(err)
	case err != nil:
		w.o.Log.Warn("the root is lost", "root", w.root, "error", err)
		w.end()
		w.setLost(err)
		w.lose(now)
	case lost || id != w.id || w.tracker.top.care == blind || w.mounts != mounts(w.root):
		w.o.Log.Info("the root is back, or another one", "root", w.root)
		w.begin()
		w.lose(now)
	}
}

// lose reports everything, without waiting.
func (w *Watcher) lose(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.g.lose(now, true)
}

func (w *Watcher) setLost(err error) {
	text := ""
	var pe *os.PathError
	switch {
	case errors.As(err, &pe):
		text = pe.Err.Error()
	case err != nil:
		text = err.Error()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state.Lost = text
}
