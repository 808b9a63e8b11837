package replicatest

import (
	"context"
	"fmt"

	"ferry/manifest"
	"ferry/sync"
)

// A Rival is another machine that works on the same side.
type Rival interface {
	// Holds reports whether it holds the lock of the side.
	Holds() bool
	// Await waits until it lets go of the lock. With an error it still holds it.
	Await(ctx context.Context) error
}

// Lock implements [sync.Locker].
func (m *Memory) Lock(ctx context.Context) (release func(), waited bool, err error) {
	if m.Rival != nil && m.Rival.Holds() {
		waited = true
		if err := m.Rival.Await(ctx); err != nil {
			return nil, waited, fmt.Errorf("%w: %w", sync.ErrHeld, err)
		}
	}
	m.setLocked(true)
	return func() { m.setLocked(false) }, waited, nil
}

func (m *Memory) setLocked(locked bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.locked = locked
}

// Locked reports whether this side is locked by its user, so that a rival has to wait.
func (m *Memory) Locked() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.locked
}

// Gone implements [sync.Replica].
func (m *Memory) Gone(ctx context.Context, paths []manifest.Path, _ []manifest.Entry) []error {
	errs := make([]error, len(paths))
	held := m.Rival != nil && m.Rival.Holds()
	for i, p := range paths {
		errs[i] = m.gone(ctx, p)
	}
	held = held || m.Rival != nil && m.Rival.Holds()
	for i, err := range errs {
		if held && err == nil {
			errs[i] = sync.ErrHeld
		}
	}
	return errs
}
