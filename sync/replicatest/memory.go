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

// What an OnIO hook may return beside errors of its own.
var (
	// ErrLostReply lets the operation happen and loses the answer.
	ErrLostReply = errors.New("connection lost before the reply")
	// ErrLostRequest loses the operation itself, so that it does not happen; the
	// replica cannot tell the two apart.
	ErrLostRequest = errors.New("connection lost, nothing known")
)

// Memory is a [sync.Replica] in memory. It is deterministic and starts no
// goroutines. Its methods may be called from several goroutines; its switches
// are set before it is used, but for OnIO, which may be exchanged between
// calls.
//
// The zero switches make a good disk: nanoseconds, times can be set, files have
// identities, contents can be summed, a rename replaces what was looked at and
// nothing else, and the trash is reached without the name being free for a
// moment.
type Memory struct {
	// OnIO is called before every single operation, with nothing locked: it may
	// change the side through the methods below, return an error in place of
	// which nothing is done (but see [ErrLostReply]), or panic, which leaves the
	// side as a crash at this point would. The operations:
	//
	//	root mkroot list lookup sum               questions
	//	open read confirm                         reading a file
	//	look create write sync settime stat       writing a file beside
	//	settle                                    looking after a lost reply
	//	mkdir link rename trash aside unlink rmdir  changing what others see
	//
	// p is the path of the step, never that of a temporary.
	OnIO func(op string, p manifest.Path) error

	// Precision of the times that the side shows; they are cut off, not rounded.
	Precision manifest.Precision
	// FixedTimes: the side cannot set times, a file has that of its last write.
	FixedTimes bool
	// NoIDs: files have no identity.
	NoIDs bool
	// NoSums: Sum is not supported.
	NoSums bool
	// NoResume: a Put always starts at the beginning.
	NoResume bool
	// Server: as on an FTP server, and unlike a good disk, a version goes to the
	// trash by a rename, so that for a moment nothing has its name; and what
	// somebody puts in place after the last look is replaced or removed unseen.
	Server bool
	// NoReplace: a rename over a file is refused; the old version is put aside
	// first.
	NoReplace bool
	// Chunk is the length of one read or write; 0: 4096 bytes.
	Chunk int
	// Clock is the time of this side. Nil: a clock that starts at 2026-01-01 and
	// goes one second further with every change.
	Clock func() time.Time
	// Skew is added to the clock.
	Skew time.Duration
	// Lie changes the names that a listing of dir shows. It may be nil.
	Lie func(dir manifest.Path, names []string) []string

	mu     stdsync.Mutex
	root   *node
	nextID uint64
	ticks  time.Duration
	temps  uint64                    // made so far
	busy   map[*node]bool            // temporaries that are being written
	stale  map[manifest.Path][]*node // temporaries that scans saw, by directory
}

var _ sync.Replica = (*Memory)(nil)

// NewMemory returns an empty side whose root is there.
func NewMemory() *Memory {
	m := &Memory{}
	m.forget()
	m.root = m.newNode(manifest.Dir)
	return m
}

// io announces one operation and reports why it must not happen.
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

// An ambiguousError is an operation that may have happened.
type ambiguousError struct{ err error }

func (e ambiguousError) Error() string { return e.err.Error() + ", and looking did not settle it" }
func (e ambiguousError) Unwrap() error { return e.err }

// change does one operation that others can see. Where its reply is lost, done
// tells whether it happened, unless that look is lost as well.
func (m *Memory) change(ctx context.Context, op string, p manifest.Path, act func() error, done func() bool) error {
	lost := m.io(ctx, op, p)
	switch {
	case lost == nil:
		return m.locked(act)
	case errors.Is(lost, ErrLostReply):
		_ = m.locked(act) // its answer is what was lost
	case !errors.Is(lost, ErrLostRequest):
		return lost
	}
	if err := m.io(ctx, "settle", p); err != nil {
		return ambiguousError{fmt.Errorf("%w (%w)", lost, err)}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if done() {
		return nil
	}
	return lost
}

func (m *Memory) locked(act func() error) error {
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

// Gone implements [sync.Replica].
func (m *Memory) Gone(ctx context.Context, paths []manifest.Path, _ []manifest.Entry) []error {
	errs := make([]error, len(paths))
	for i, p := range paths {
		errs[i] = m.gone(ctx, p)
	}
	return errs
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

// Fixture returns m, which must be fresh and have [time.Now] for a clock, as a
// fixture of [Run].
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
		Resumes:   !m.NoResume,
	}
}
