package watcher

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/fsnotify/fsnotify"
)

// mostOwn is how many roots of a process have an instance of inotify each. A user may have
// 128 of them in all programs together, so further roots share one.
const mostOwn = 32

var (
	owned  atomic.Int32 // instances of one root each
	common shared       // the instance of all further roots
)

// openSystem starts to put notifications of the system into q.
func openSystem(root string, q *queue, log *slog.Logger) (system, error) {
	if owned.Add(1) > mostOwn {
		if m, err := common.join(root, q, log); err == nil {
			owned.Add(-1)
			return m, nil
		}
	}
	own, err := openOwn(q, log)
	if err != nil {
		owned.Add(-1)
		return nil, err
	}
	return &counted{fsnotifySystem: own}, nil
}

// A counted system counts among the instances of one root each until it is closed.
type counted struct {
	*fsnotifySystem
	once sync.Once
}

// Close implements [system].
func (c *counted) Close() error {
	c.once.Do(func() { owned.Add(-1) })
	return c.fsnotifySystem.Close()
}

// A shared instance watches directories of several roots, none of which is in another. It
// is open as long as it has members. When it loses events, all of them do.
type shared struct {
	// change is held by whoever adds or removes something. mu is held for a moment only and
	// never while fsnotify works, which waits at times until what it reports is taken.
	change sync.Mutex
	fsn    *fsnotify.Watcher
	done   chan struct{}

	mu      sync.Mutex
	members map[*member]bool
	dirs    map[string]watchedDir // by path
	ids     map[identity]string   // the path of each; inotify watches a directory once, whatever its path
}

// A watchedDir is a directory, or the pipe of a mark.
type watchedDir struct {
	by *member
	id identity // zero: a pipe
}

// A member is one root of a shared instance. It is a [system].
type member struct {
	shared *shared
	root   string
	q      *queue
	log    *slog.Logger
	marks  *marks
}

// errElsewhere means that another root watches what is this very directory.
var errElsewhere = errors.New("the directory is watched below another root")

// join adds a root. It is an error where a member's root is in it, or the other way round:
// inotify would report each change to one of them only.
func (s *shared) join(root string, q *queue, log *slog.Logger) (*member, error) {
	s.change.Lock()
	defer s.change.Unlock()
	for m := range s.members {
		if within(m.root, root) || within(root, m.root) {
			return nil, fmt.Errorf("%s and %s are in one another", m.root, root)
		}
	}
	if s.fsn == nil {
		fsn, err := fsnotify.NewWatcher()
		if err != nil {
			return nil, err
		}
		s.fsn, s.done = fsn, make(chan struct{})
		s.members, s.dirs, s.ids = map[*member]bool{}, map[string]watchedDir{}, map[identity]string{}
		go s.pump(fsn, s.done)
	}
	m := &member{shared: s, root: root, q: q, log: log, marks: newMarks(s.fsn, q)}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range m.marks.pipes {
		s.dirs[p.name] = watchedDir{by: m}
	}
	s.members[m] = true
	return m, nil
}

// Add implements [system].
func (m *member) Add(disk string) error {
	info, err := os.Lstat(disk)
	if err != nil {
		return err
	}
	s := m.shared
	s.change.Lock()
	defer s.change.Unlock()
	if err := s.enter(disk, watchedDir{m, identify(info)}); err != nil {
		return err
	}
	if err := s.fsn.Add(disk); err != nil {
		s.leave(disk)
		return err
	}
	return nil
}

// enter notes that a directory is watched. That comes first: its events have to find it.
func (s *shared) enter(disk string, d watchedDir) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.dirs[s.ids[d.id]].by; other != nil && other != d.by {
		return errElsewhere
	}
	s.forget(disk)
	s.dirs[disk], s.ids[d.id] = d, disk
	return nil
}

// leave notes that a directory is no longer watched.
func (s *shared) leave(disk string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(disk)
}

// forget forgets a path. What was watched there may have another one by now. s.mu is held.
func (s *shared) forget(disk string) {
	if id := s.dirs[disk].id; s.ids[id] == disk {
		delete(s.ids, id)
	}
	delete(s.dirs, disk)
}

// Remove implements [system].
func (m *member) Remove(disk string) error {
	m.shared.change.Lock()
	defer m.shared.change.Unlock()
	return m.remove(disk)
}

// remove is Remove while change is held.
func (m *member) remove(disk string) error {
	s := m.shared
	if s.dirs[disk].by != m {
		return fsnotify.ErrNonExistentWatch
	}
	s.leave(disk)
	return s.fsn.Remove(disk)
}

// Mark implements [system].
func (m *member) Mark() { m.marks.put() }

// Close implements [system]. The last member closes the instance.
func (m *member) Close() error {
	s := m.shared
	s.change.Lock()
	defer s.change.Unlock()
	if !s.members[m] {
		return nil
	}
	for disk, d := range maps.Clone(s.dirs) {
		if d.by == m {
			_ = m.remove(disk) // the system may have done so itself
		}
	}
	s.mu.Lock()
	delete(s.members, m)
	last := len(s.members) == 0
	s.mu.Unlock()
	m.marks.close()
	if !last {
		return nil
	}
	err := s.fsn.Close()
	<-s.done
	s.fsn = nil
	return err
}

// pump gives events to the roots that they are about, until fsn is closed.
func (s *shared) pump(fsn *fsnotify.Watcher, done chan struct{}) {
	defer close(done)
	for {
		select {
		case e, ok := <-fsn.Events:
			if !ok {
				return
			}
			s.deliver(e)
		case err, ok := <-fsn.Errors:
			if !ok {
				return
			}
			s.lose(err)
		}
	}
}

// deliver gives an event to the root that it is about. Its name is that of a directory, or
// of what is in one.
func (s *shared) deliver(e fsnotify.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.dirs[e.Name]
	if d.by == nil {
		d = s.dirs[filepath.Dir(e.Name)]
	}
	switch {
	case d.by == nil: // it has left
	case d.id == (identity{}):
		d.by.q.put(event{op: opMark})
	default:
		putEvent(d.by.q, e)
	}
}

// lose tells all members that events were lost.
func (s *shared) lose(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for m := range s.members {
		if !errors.Is(err, fsnotify.ErrEventOverflow) {
			m.log.Warn("watching", "error", err)
		}
		m.q.setLost()
	}
}
