package watcher

import (
	"fmt"
	"sync"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/unix"
)

// marks are two pipes that inotify watches beside the directories. Writing to one of
// them makes an event behind all events so far. They take turns, because inotify drops
// an event that is equal to the one before it.
type marks struct {
	mu    sync.Mutex
	pipes []pipe // none: no marks can be put
}

type pipe struct {
	name           string // by which it is watched
	reader, writer int
}

// newMarks returns what puts marks among the events of w.
func newMarks(w *fsnotify.Watcher, _ *queue) *marks {
	m := &marks{}
	for range 2 {
		var fds [2]int
		if unix.Pipe2(fds[:], unix.O_CLOEXEC|unix.O_NONBLOCK) != nil {
			m.close()
			return m
		}
		p := pipe{fmt.Sprintf("/proc/self/fd/%d", fds[0]), fds[0], fds[1]}
		m.pipes = append(m.pipes, p)
		if w.Add(p.name) != nil {
			m.close()
			return m
		}
	}
	return m
}

// put makes an event that is a mark, if that is possible.
func (m *marks) put() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.pipes) == 0 {
		return
	}
	m.pipes[0], m.pipes[1] = m.pipes[1], m.pipes[0]
	var b [1]byte
	_, _ = unix.Write(m.pipes[0].writer, b[:])
	_, _ = unix.Read(m.pipes[0].reader, b[:])
}

// has reports whether an event at that path is a mark.
func (m *marks) has(path string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.pipes {
		if p.name == path {
			return true
		}
	}
	return false
}

func (m *marks) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.pipes {
		_, _ = unix.Close(p.reader), unix.Close(p.writer)
	}
	m.pipes = nil
}
