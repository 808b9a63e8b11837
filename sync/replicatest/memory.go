package replicatest

import (
	"context"
	"errors"
	"fmt"
	stdsync "sync"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// Errors that an OnIO hook may return besides its own. The replica cannot tell the
// two apart.
var (
	// ErrLostReply carries out the operation and loses the reply.
	ErrLostReply = errors.New("connection lost before the reply")
	// ErrLostRequest loses the request, so that the operation is not carried out.
	ErrLostRequest = errors.New("connection lost, outcome unknown")
)

// Memory is a [sync.Replica] in memory. It is deterministic and starts no
// goroutines. Its methods may be called from several goroutines at once. Its fields
// are set before it is used; only OnIO may change between calls.
//
// With zero fields it behaves like a good disk: times are exact to the nanosecond
// and can be set, files have identities and sums, a rename replaces only the file
// that was checked, and the name of a file is never free while an old version
// moves to the trash.
type Memory struct {
	// OnIO is called before every operation, while no lock is held. It may change
	// the side through the methods below. If it returns an error the operation is
	// not carried out, but see [ErrLostReply]. If it panics the side is left as
	// after a crash at this point. The operations are:
	//
	//	root mkroot list lookup sum                 looking
	//	open read confirm                           reading a file
	//	look create write sync settime stat         writing a temporary file
	//	recheck                                     looking after a lost reply
	//	mkdir link rename trash aside unlink rmdir  changing what others see
	//
	// p is the path of the step, never that of a temporary file.
	OnIO func(op string, p manifest.Path) error

	// Precision of the times that the side shows. They are truncated, not rounded.
	Precision manifest.Precision
	// FixedTimes: the side cannot set times. A file has the time of its last write.
	FixedTimes bool
	// NoIDs: files have no identity.
	NoIDs bool
	// ChangeTimes: the side shows when a file was last changed, as a disk does.
	ChangeTimes bool
	// Modes: the side shows the permission bits of files. FixedModes: it says that it sets
	// them, and does not.
	Modes, FixedModes bool
	// NoLinks: the side makes no symbolic links.
	NoLinks bool
	// RefusesLinks: it says that it makes them, and refuses each.
	RefusesLinks bool
	// NoSums: Sum is not supported.
	NoSums bool
	// NoResume: a Put always starts at the beginning.
	NoResume bool
	// Server: the side behaves like an FTP server. An old version is renamed to the
	// trash, so that its name is free for a moment. A file that somebody saves after
	// the last check is replaced or removed.
	Server bool
	// NoReplace: a rename over a file is refused, so the old version is moved aside
	// first.
	NoReplace bool
	// FoldsCase: names that differ only in case are one name, and show the case in which
	// they were made.
	FoldsCase bool
	// Chunk is the length of one read or write in bytes; 0 means 4096.
	Chunk int
	// Clock is the clock of this side. If it is nil the time starts at 2026-01-01
	// and advances by one second with every change.
	Clock func() time.Time
	// Skew is added to the clock.
	Skew time.Duration
	// Owner is whose temporaries this side makes.
	Owner string
	// Rival is another machine that works on this side; it may be nil.
	Rival Rival
	// AlterListing returns the names that a listing of dir shows instead of names.
	// It may be nil.
	AlterListing func(dir manifest.Path, names []string) []string

	mu        stdsync.Mutex
	locked    bool
	root      *node
	nextID    uint64
	ticks     time.Duration
	tempCount uint64                    // made so far
	busy      map[*node]bool            // temporaries that are being written
	temps     map[manifest.Path][]*node // temporaries that scans saw, by directory
	// What a state directory would hold, so that a crash leaves it: where temporaries may
	// be, and what those of others were when they were first seen so.
	noted  map[manifest.Path]bool
	others map[*node]sighting
}

var _ sync.Replica = (*Memory)(nil)

// NewMemory returns a side with an empty root.
func NewMemory() *Memory {
	m := &Memory{noted: make(map[manifest.Path]bool), others: make(map[*node]sighting)}
	m.forgetTemps()
	m.root = m.newNode(manifest.Dir)
	return m
}

// io calls OnIO before an operation. If it returns an error the operation must not
// be carried out.
func (m *Memory) io(ctx context.Context, op string, p manifest.Path) error {
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("%s %s: %w", op, p, err)
	}
	if m.OnIO == nil {
		return nil
	}
	if err := m.OnIO(op, p); err != nil {
		return fmt.Errorf("%s %s: %w", op, p, err)
	}
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("%s %s: %w", op, p, err)
	}
	return nil
}

// An ambiguousError says that an operation may or may not have been carried out.
type ambiguousError struct{ err error }

func (e ambiguousError) Error() string {
	return e.err.Error() + ", and it is unknown whether it was carried out"
}
func (e ambiguousError) Unwrap() error { return e.err }

// change carries out one operation that others can see. If its reply is lost, done
// tells whether it was carried out, unless that check fails as well.
func (m *Memory) change(ctx context.Context, op string, p manifest.Path, act func() error, done func() bool) error {
	lost := m.io(ctx, op, p)
	switch {
	case lost == nil:
		return m.withLock(act)
	case errors.Is(lost, ErrLostReply):
		_ = m.withLock(act) // its error is lost with the reply
	case !errors.Is(lost, ErrLostRequest):
		return lost
	}
	if err := m.io(ctx, "recheck", p); err != nil {
		return ambiguousError{fmt.Errorf("%w (%w)", lost, err)}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if done() {
		return nil
	}
	return lost
}

func (m *Memory) withLock(act func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return act()
}

// Root implements [sync.Replica].
func (m *Memory) Root(ctx context.Context, create bool) (sync.RootState, error) {
	if err := m.io(ctx, "root", manifest.Root); err != nil {
		return sync.RootState{}, err
	}
	if m.rootState().Kind == manifest.None && create {
		if err := m.io(ctx, "mkroot", manifest.Root); err != nil {
			return sync.RootState{}, err
		}
		m.Mkdir("")
	}
	return m.rootState(), nil
}

func (m *Memory) rootState() sync.RootState {
	m.mu.Lock()
	defer m.mu.Unlock()
	state := sync.RootState{Where: "memory"}
	if m.root != nil {
		state.Kind = m.root.kind
		state.ID = fmt.Sprintf("memory:%d", m.root.id)
	}
	return state
}

func (m *Memory) gone(ctx context.Context, p manifest.Path) error {
	now, err := m.lookAt(ctx, "lookup", p)
	switch {
	case err != nil:
		return err
	case now.Exists():
		return fmt.Errorf("%s: %w", p, sync.ErrPresent)
	}
	return nil
}

// SameInOtherCase implements [sync.Replica].
func (m *Memory) SameInOtherCase(ctx context.Context, names []sync.OtherCase) (bool, error) {
	for _, name := range names {
		there, err := m.lookAt(ctx, "lookup", name.Path)
		if err != nil || !there.Exists() {
			return false, errors.Join(err, sync.ErrNoAnswer)
		}
		other, err := m.lookAt(ctx, "lookup", name.Path.Parent().Join(name.Other))
		if err != nil || !other.Exists() {
			return false, err
		}
	}
	return true, nil
}

// lookAt returns what is at p now.
func (m *Memory) lookAt(ctx context.Context, op string, p manifest.Path) (manifest.Entry, error) {
	if err := m.io(ctx, op, p); err != nil {
		return manifest.Entry{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.root == nil {
		return manifest.Entry{}, errNoRoot
	}
	for dir := range p.Ancestors {
		if n := m.find(dir); n != nil && n.denied != "" {
			return manifest.Entry{}, fmt.Errorf("%s: %s", dir, n.denied)
		}
	}
	return m.entryAt(p), nil
}

var errNoRoot = fmt.Errorf("%w: the root is gone", sync.ErrFatal)

// Close implements [sync.Replica].
func (m *Memory) Close() error { return nil }

// Fixture returns m as a fixture for [Run]. m must be new, and its Clock must be
// [time.Now].
func (m *Memory) Fixture() Fixture {
	return Fixture{
		Replica:   m,
		Write:     m.Write,
		Mkdir:     m.Mkdir,
		Remove:    m.Remove,
		Rename:    m.Rename,
		Read:      m.Read,
		List:      m.List,
		Link:      m.Special,
		Deny:      func(path string) { m.Deny(path, "permission denied") },
		Precision: m.Precision,
		SetsTimes: !m.FixedTimes && m.Precision != manifest.NoTime,
		Sums:      !m.NoSums,
		IDs:       !m.NoIDs,
		FoldsCase: m.FoldsCase,
		Resumes:   !m.NoResume,
	}
}
