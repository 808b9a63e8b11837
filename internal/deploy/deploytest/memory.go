// Package deploytest has a server of a site in memory, and the suite that every
// [deploy.Server] must pass.
package deploytest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"ferry/internal/deploy"
	"ferry/manifest"
)

// A Memory is a site and its work directory in memory. Several machines may work on it, see
// [Memory.Open]. Its methods may be called from several goroutines.
type Memory struct {
	mu    stdsync.Mutex
	site  map[string]*node // by path; "" is the directory itself
	work  map[string]*node
	clock time.Time
	last  uint64 // identity
	lock  *life

	// The fields below may be set before machines work.

	// Refuse returns why a step is refused; nil: it is not. It may be nil.
	Refuse func(s deploy.Step) error
	// RefuseUpload returns why an upload is refused.
	RefuseUpload func(name string) error
	// Before is called before each step and upload, with their number from 1: what others
	// do to the site meanwhile. It may call [Memory.Write] and the like.
	Before func(n int)
	// NoHash says that the server has no command for hashes.
	NoHash bool
	// Beside says that the work directory is beside the site, which may be renamed.
	Beside bool
	// NoRenameOver says that the server refuses a rename over a file, so that this one goes aside
	// first, in a step of its own.
	NoRenameOver bool
	// Modes says that the server shows permission bits.
	Modes bool
	// OtherFileSystem says that the work directory is in another file system than the site.
	OtherFileSystem bool
	// Spell is what the server makes of each path in a command; nil: it stays.
	Spell func(path string) string

	steps int
}

// A node is a file or directory.
type node struct {
	dir  bool
	data []byte
	time time.Time
	id   uint64
	mode uint16
}

// NewMemory returns an empty site. There is no work directory before a lock is taken.
func NewMemory() *Memory {
	m := &Memory{site: make(map[string]*node), work: make(map[string]*node), clock: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	m.site[""] = m.newNode(true, nil)
	return m
}

// RemoveRoot removes the site itself.
func (m *Memory) RemoveRoot() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.site = make(map[string]*node)
}

func (m *Memory) newNode(dir bool, data []byte) *node {
	m.last++
	m.clock = m.clock.Add(time.Second)
	mode := uint16(0o644)
	if dir {
		mode = 0o755
	}
	return &node{dir: dir, data: data, time: m.clock, id: m.last, mode: mode}
}

// in returns the map that holds a place.
func (m *Memory) in(at deploy.Place) map[string]*node {
	if at.Work {
		return m.work
	}
	return m.site
}

func (m *Memory) at(at deploy.Place) *node { return m.in(at)[at.Path] }

// holdsDir reports whether the directory of a place is there.
func (m *Memory) holdsDir(at deploy.Place) bool {
	dir := m.in(at)[parent(at.Path)]
	return dir != nil && dir.dir
}

func parent(p string) string {
	if dir := path.Dir(p); dir != "." {
		return dir
	}
	return ""
}

// entry is what the server shows of a node.
func (m *Memory) look(n *node) deploy.Look {
	if n == nil {
		return deploy.Look{}
	}
	l := deploy.Look{Entry: manifest.Entry{Kind: manifest.Dir, ID: n.id, Precision: manifest.NoTime}}
	if !n.dir {
		l.Entry.Kind, l.Entry.Size = manifest.File, int64(len(n.data))
	}
	l.Entry.SetTime(n.time, manifest.Second)
	if m.Modes {
		l.Mode = n.mode
	}
	return l
}

// Write writes a file with all directories above it, as somebody else does.
func (m *Memory) Write(at deploy.Place, content string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.makeDirs(m.in(at), parent(at.Path))
	m.in(at)[at.Path] = m.newNode(false, []byte(content))
}

// MakeDir makes a directory with all above it.
func (m *Memory) MakeDir(at deploy.Place) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.makeDirs(m.in(at), at.Path)
}

func (m *Memory) makeDirs(in map[string]*node, p string) {
	for ; ; p = parent(p) {
		if in[p] == nil {
			in[p] = m.newNode(true, nil)
		}
		if p == "" {
			return
		}
	}
}

// Remove removes a file or directory with all that is in it.
func (m *Memory) Remove(at deploy.Place) {
	m.mu.Lock()
	defer m.mu.Unlock()
	in := m.in(at)
	maps.DeleteFunc(in, func(p string, _ *node) bool { return p == at.Path || strings.HasPrefix(p, at.Path+"/") })
}

// Content returns the content of a file.
func (m *Memory) Content(at deploy.Place) (content string, isFile bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.at(at)
	if n == nil || n.dir {
		return "", false
	}
	return string(n.data), true
}

// Names returns the paths of all files, and of all directories with a slash at the end, in
// the site or in the work directory, sorted.
func (m *Memory) Names(work bool) (names []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for p, n := range m.in(deploy.Place{Work: work}) {
		switch {
		case p == "":
		case n.dir:
			names = append(names, p+"/")
		default:
			names = append(names, p)
		}
	}
	slices.Sort(names)
	return names
}

// SetMode sets the permission bits of a file.
func (m *Memory) SetMode(at deploy.Place, mode uint16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at(at).mode = mode
}

// Mode returns the permission bits of a file.
func (m *Memory) Mode(at deploy.Place) uint16 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at(at).mode
}

// BreakLock takes the lock away from whoever has it.
func (m *Memory) BreakLock() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lock = nil
}

// Steps returns how many steps and uploads were carried out so far.
func (m *Memory) Steps() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.steps
}

// errRefused is wrapped by the refusal of a step that cannot be carried out.
var errRefused = errors.New("refused")

// carryOut carries out one step. m.mu is held.
func (m *Memory) carryOut(s deploy.Step) error {
	if m.Refuse != nil {
		if err := m.Refuse(s); err != nil {
			return err
		}
	}
	from, to := m.at(s.From), m.at(s.To)
	switch s.Op {
	case deploy.Rename:
		return m.rename(s.From, s.To, s.Free)
	case deploy.Delete:
		switch {
		case from == nil:
			return fmt.Errorf("%w: %s", deploy.ErrMissing, s.From.Path)
		case from.dir:
			return fmt.Errorf("%w: %s is a directory", errRefused, s.From.Path)
		}
		delete(m.in(s.From), s.From.Path)
	case deploy.MakeDir:
		switch {
		case to != nil && !to.dir, to == nil && !m.holdsDir(s.To):
			return fmt.Errorf("%w: making %s", errRefused, s.To.Path)
		case to == nil:
			m.in(s.To)[s.To.Path] = m.newNode(true, nil)
		}
	case deploy.RemoveDir:
		if from != nil && from.dir && s.From.Path != "" && !m.holdsAny(s.From) {
			delete(m.in(s.From), s.From.Path)
		}
	case deploy.Unlock:
		m.lock = nil
	case deploy.SetMode:
		if to != nil {
			to.mode = s.Mode
		}
	}
	return nil
}

func (m *Memory) holdsAny(dir deploy.Place) bool {
	for p := range m.in(dir) {
		if strings.HasPrefix(p, dir.Path+"/") {
			return true
		}
	}
	return false
}

func (m *Memory) rename(from, to deploy.Place, free bool) error {
	was, there := m.at(from), m.at(to)
	root := from.Path == "" || to.Path == ""
	switch {
	case was == nil:
		return fmt.Errorf("%w: %s", deploy.ErrMissing, from.Path)
	case m.OtherFileSystem && from.Work != to.Work:
		return fmt.Errorf("%w: renaming %s to %s in another file system", errRefused, from.Path, to.Path)
	case to.Path != "" && !m.holdsDir(to), there != nil && (free || there.dir || was.dir), root && !m.Beside:
		return fmt.Errorf("%w: renaming %s to %s", errRefused, from.Path, to.Path)
	}
	moved := map[string]*node{}
	in := m.in(from)
	for p, n := range in {
		if below, is := within(p, from.Path); is {
			moved[path.Join(to.Path, below)] = n
		}
	}
	maps.DeleteFunc(in, func(p string, _ *node) bool { _, is := within(p, from.Path); return is })
	maps.Copy(m.in(to), moved)
	return nil
}

// within reports whether p is dir or below it, and the rest of its path.
func within(p, dir string) (below string, is bool) {
	if dir == "" || p == dir {
		return strings.TrimPrefix(p, dir), true
	}
	return strings.CutPrefix(p, dir+"/")
}

// list returns the names directly in a directory, sorted.
func (m *Memory) list(dir deploy.Place) (names []string) {
	for p := range m.in(dir) {
		if p != "" && parent(p) == dir.Path {
			names = append(names, path.Base(p))
		}
	}
	slices.SortFunc(names, cmp.Compare)
	return names
}
