package watcher

import (
	"errors"
	"log/slog"

	"github.com/fsnotify/fsnotify"
)

// A system tells of changes in single directories, not of those below them.
type system interface {
	// Add begins to watch a directory. Watching one twice is no error.
	Add(disk string) error
	// Remove ends it. Directories that are gone may have been removed already.
	Remove(disk string) error
	// Close returns when nothing more is put into the queue.
	Close() error
}

// bufferSize is what Windows keeps for every directory; other systems have one
// queue for all.
const bufferSize = 16 << 10

// notified is the system that fsnotify knows.
type notified struct {
	*fsnotify.Watcher
	done chan struct{}
}

// notify opens the system's own notifications, which go into q.
func notify(q *queue, log *slog.Logger) (system, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	n := &notified{Watcher: w, done: make(chan struct{})}
	go n.pump(q, log)
	return n, nil
}

// Add implements [system].
func (n *notified) Add(disk string) error {
	return n.AddWith(disk, fsnotify.WithBufferSize(bufferSize))
}

// Close implements [system].
func (n *notified) Close() error {
	err := n.Watcher.Close()
	<-n.done
	return err
}

// pump moves what fsnotify says into q until it is closed.
func (n *notified) pump(q *queue, log *slog.Logger) {
	defer close(n.done)
	for {
		select {
		case e, ok := <-n.Events:
			if !ok {
				return
			}
			put(q, e)
		case err, ok := <-n.Errors:
			if !ok {
				return
			}
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				log.Warn("watching", "error", err)
			}
			q.lose()
		}
	}
}

// put adds what e says: whether the name came or went before all else.
func put(q *queue, e fsnotify.Event) {
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
