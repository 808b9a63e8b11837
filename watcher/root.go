package watcher

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// rootEvery is how often the root itself is checked, at least. There is no event when
// a disk is unmounted or a directory above the root is renamed.
const rootEvery = 2 * time.Second

// openRoot returns the identity of the root, or why it cannot be watched.
func (w *Watcher) openRoot() (identity, error) {
	f, err := openDir(w.root)
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
	return identifyOpen(f, info), nil
}

// start watches the root and everything below it from scratch.
func (w *Watcher) start() {
	w.stop()
	w.restart = false
	w.mounts = mounts(w.root)
	id, err := w.openRoot()
	if err != nil {
		w.setLost(err)
		return
	}
	w.setLost(nil)
	w.id = id
	w.queue = newQueue()
	w.tracker.sys, w.systemErr = w.openSystem(w.root, w.queue, w.options.Log)
	if w.systemErr != nil {
		w.tracker.sys = nil
	}
	w.setMarker(w.tracker.sys)
	begun := time.Now()
	w.tracker.start(id)
	w.tracker.moves = nil
	w.fullPollDone(begun)
	w.options.Log.Debug("watching", "root", w.root, "watched", w.tracker.watched, "polled", w.tracker.polled,
		"took", time.Since(begun))
}

// stop stops watching.
func (w *Watcher) stop() {
	w.setMarker(nil)
	w.tracker.close()
	w.selfMoved = dirName{}
}

// setMarker sets what puts marks. It reports no events yet.
func (w *Watcher) setMarker(sys system) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.marker, w.debouncer.marks = sys, 0
}

// checkRoot checks whether the root is still there, and still the same.
func (w *Watcher) checkRoot(now time.Time) {
	id, err := w.openRoot()
	lost := w.tracker.top == nil
	switch {
	case err != nil && lost:
		w.setLost(err)
	case err != nil:
		w.options.Log.Warn("the root has vanished", "root", w.root, "error", err)
		w.stop()
		w.setLost(err)
		w.reportEverything(now)
	case lost || id != w.id || w.tracker.top.coverage == unreadable || w.mounts != mounts(w.root):
		w.options.Log.Info("the root is back, or was replaced", "root", w.root)
		w.start()
		w.reportEverything(now)
	}
}

// reportEverything reports everything without a delay.
func (w *Watcher) reportEverything(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.debouncer.loseEvents(now, true)
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
