package manifest

import (
	"context"
	"errors"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
)

// ErrLocked is wrapped by the error of [OpenStore] if another process has the store
// open.
var ErrLocked = errors.New("another run holds this pair")

const (
	storeVersion = 2
	// groupWait is the longest that a result may wait to be written. A process that
	// is killed loses no more than that.
	groupWait = 100 * time.Millisecond
	// groupSize is the number of results that are written without waiting.
	groupSize = 2000
)

var (
	bucketPairs = []byte("pairs")
	bucketMeta  = []byte("meta")
	keyMeta     = []byte("meta")
)

// StoreOptions are the options of [OpenStore].
type StoreOptions struct {
	// ReadOnly neither creates nor changes the file. A missing file is an empty
	// store.
	ReadOnly bool
	// Wait waits for another process to close the store, until Context ends.
	Wait bool
	// WaitUntil is when waiting ends with [ErrLocked]; the zero time: never.
	WaitUntil time.Time
	// Context ends the wait; nil: never.
	Context context.Context
}

// A Store is a [Base] on disk, for one process at a time. Recorded results are
// written in groups, within 100 ms; each group is written whole or not at all. Its
// methods may be called from several goroutines.
type Store struct {
	db     *bolt.DB // nil: empty and read-only
	path   string
	damage string
	meta   storeMeta

	readOnly  bool
	onlyASCII bool // see [Store.UseEncoding]

	mu      sync.Mutex
	pending map[Path]*Pair // nil pair: forgotten
	written int            // pairs that were written since pages were released
	timer   *time.Timer
	failed  error // the first failed write; all later calls return it
}

// storeMeta is rewritten with every group. Group, Count and Check tell pages that
// belong to another state of the file, although they are sound in themselves.
type storeMeta struct {
	Version       int
	Local, Remote string // identities of the roots
	Encoding      string `json:",omitempty"` // of the server's names; "": UTF-8
	Part          bool   `json:",omitempty"` // see [Store.Part]
	Group         int    // the transaction that wrote it
	Count         int    // of pairs
	Check         uint64 // the sum of their hashes
	files         int    // pairs that are files; counted when the store is opened
	unseen        int    // pairs whose remote half is missing; counted when the store is opened
}

// Damage says what happened to a damaged store, or "".
func (s *Store) Damage() string { return s.damage }

// Path returns the file that the store is kept in.
func (s *Store) Path() string { return s.path }

// Unseen returns how many pairs had no remote half when the store was opened: a blind pass
// has sent them, and nobody has seen them on the server since.
func (s *Store) Unseen() int { return s.meta.unseen }

// Roots returns the identities of both roots, "" if none was recorded.
func (s *Store) Roots() (local, remote string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.meta.Local, s.meta.Remote
}

// SetRoots records the identities of both roots, and that everything was looked at.
func (s *Store) SetRoots(local, remote string) error {
	return s.setMeta(func(m *storeMeta) { m.Local, m.Remote, m.Part = local, remote, false })
}

// Part reports whether there were only passes over a part so far, so that no roots are
// recorded.
func (s *Store) Part() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.meta.Part
}

// SetPart records that.
func (s *Store) SetPart() error { return s.setMeta(func(m *storeMeta) { m.Part = true }) }

// earlierPart stood in the place of the local root before there was a field for it.
const earlierPart = "part only"

func (s *Store) setMeta(set func(m *storeMeta)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.meta
	set(&m)
	if m == s.meta {
		return nil
	}
	if s.db == nil {
		return errors.New("store is read-only")
	}
	err := s.db.Update(func(tx *bolt.Tx) error { return putMeta(tx, m) })
	if err == nil {
		s.meta = m
	}
	return err
}

// Close writes what is pending and closes the file.
func (s *Store) Close() error {
	if s.db == nil {
		return nil
	}
	err := s.Flush()
	return errors.Join(err, s.db.Close())
}
