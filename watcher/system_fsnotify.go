//go:build !windows

package watcher

import (
	"errors"
	"log/slog"

	"github.com/fsnotify/fsnotify"
)

// An fsnotifySystem gets the notifications of one root through fsnotify.
type fsnotifySystem struct {
	*fsnotify.Watcher
	marks *marks
	done  chan struct{}
}

// openOwn starts to put notifications into q that are about one root only.
func openOwn(q *queue, log *slog.Logger) (*fsnotifySystem, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	n := &fsnotifySystem{Watcher: w, marks: newMarks(w, q), done: make(chan struct{})}
	go n.pump(q, log)
	return n, nil
}

// Mark implements [system].
func (n *fsnotifySystem) Mark() { n.marks.put() }

// Close implements [system].
func (n *fsnotifySystem) Close() error {
	err := n.Watcher.Close()
	<-n.done
	n.marks.close()
	return err
}

// pump moves events into q until fsnotify is closed.
func (n *fsnotifySystem) pump(q *queue, log *slog.Logger) {
	defer close(n.done)
	for {
		select {
		case e, ok := <-n.Events:
			if !ok {
				return
			}
			if n.marks.has(e.Name) {
				q.put(event{op: opMark})
			} else {
				putEvent(q, e)
			}
		case err, ok := <-n.Errors:
			if !ok {
				return
			}
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				log.Warn("watching", "error", err)
			}
			q.setLost()
		}
	}
}

// putEvent adds e. An event can have several operations; a name that appeared or
// vanished is more important than a write.
func putEvent(q *queue, e fsnotify.Event) {
	for _, c := range []struct {
		has fsnotify.Op
		op  op
	}{
		{fsnotify.Create, opCreate},
		{fsnotify.Remove, opRemove},
		{fsnotify.Rename, opRename},
		{fsnotify.Write, opWrite},
		{fsnotify.Chmod, opChmod},
	} {
		if e.Has(c.has) {
			q.put(event{e.Name, c.op})
			return
		}
	}
}
