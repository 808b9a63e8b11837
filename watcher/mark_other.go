//go:build !linux && !windows

package watcher

import "github.com/fsnotify/fsnotify"

// marks puts marks behind the events that have been read. These systems have no way to
// put one behind the events that have not been read yet.
type marks struct{ q *queue }

func newMarks(_ *fsnotify.Watcher, q *queue) *marks { return &marks{q} }

func (m *marks) put() { m.q.put(event{op: opMark}) }

func (m *marks) has(string) bool { return false }

func (m *marks) close() {}
