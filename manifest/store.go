package manifest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// ErrLocked is wrapped by the error of [OpenStore] where another process has
// the store open.
var ErrLocked = errors.New("another run holds this pair")

const (
	storeVersion = 2
	// groupWait is the longest time that a recorded result may wait to be written:
	// what a kill costs at most.
	groupWait = 100 * time.Millisecond
	// groupSize is the number of results that are written at once without waiting.
	groupSize = 2000
	// letGoEvery is the number of pairs that are read before their pages are let go
	// of.
	letGoEvery = 1 << 15
)

var (
	bucketPairs = []byte("pairs")
	bucketMeta  = []byte("meta")
	keyMeta     = []byte("meta")
)

// StoreOptions say how to open a store.
type StoreOptions struct {
	// ReadOnly neither creates nor changes the file; a missing one is empty.
	ReadOnly bool
	// Wait waits for another process to let go of the store, until Context ends.
	Wait bool
	// Context ends the waiting; nil: never.
	Context context.Context
}

// A Store is a [Base] on disk, for one process at a time. Results that are
// recorded are written in groups, within 100 ms; each group is written whole or
// not at all. Its methods may be called from several goroutines.
type Store struct {
	db     *bolt.DB // nil: empty and read-only
	path   string
	damage string
	meta   storeMeta

	mu      sync.Mutex
	pending map[Path]*Pair // nil pair: forgotten
	timer   *time.Timer
	failed  error // the first failed write; all later calls return it
}

// storeMeta is written anew with every group. Group, Count and Check say which
// state this is and what all its pairs are together: pages of another state,
// which are sound in themselves, are noticed by that.
type storeMeta struct {
	Version       int
	Local, Remote string // identities of the roots
	Group         int    // the transaction that wrote it
	Count         int    // of pairs
	Check         uint64 // the sum of their weights
	files         int    // pairs that are files: counted when the store is opened
}

// OpenStore opens the store in the file at path, and makes it where it is
// missing. A damaged store is set aside, and an empty one takes its place: see
// [Store.Damage]. The error wraps [ErrLocked] where another process has it open.
func OpenStore(path string, o StoreOptions) (*Store, error) {
	s := &Store{path: path, pending: make(map[Path]*Pair)}
	if o.ReadOnly {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return s, nil
		}
	} else if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the state directory: %w", err)
	}
	err := s.open(o)
	if err == nil || errors.Is(err, ErrLocked) || isPlain(err) {
		return s, err
	}
	if o.ReadOnly {
		s.damage = fmt.Sprintf("the record of this pair is damaged (%v)", err)
		return s, nil
	}
	aside := fmt.Sprintf("%s.damaged-%s", path, time.Now().UTC().Format("20060102-150405"))
	if rerr := os.Rename(path, aside); rerr != nil {
		return nil, fmt.Errorf("setting a damaged store aside: %w", rerr)
	}
	s.damage = fmt.Sprintf("the record of this pair was damaged (%v) and is now %s", err, aside)
	if err := s.open(o); err != nil {
		return nil, err
	}
	return s, nil
}

// isPlain reports whether err is of the kind that says nothing about what is in
// the file.
func isPlain(err error) bool {
	var pe *fs.PathError
	return errors.As(err, &pe) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// open checks every record of an existing file through a read-only view before
// it opens the file for writing: bbolt believes its pages, and panics in a
// goroutine of its own where it should not have.
func (s *Store) open(o StoreOptions) error {
	if info, err := os.Stat(s.path); err == nil && info.Size() > 0 {
		view := o
		view.ReadOnly = true
		db, err := lockedOpen(s.path, view)
		if err != nil {
			return err
		}
		if err := s.load(db); err != nil || o.ReadOnly {
			if err != nil {
				db.Close()
			} else {
				s.db = db
			}
			return err
		}
		if err := db.Close(); err != nil {
			return err
		}
	}
	db, err := lockedOpen(s.path, o)
	if err != nil {
		return err
	}
	err = s.initialize(db)
	if err == nil {
		err = s.load(db) // another process may have had it in between
	}
	if err != nil {
		db.Close()
		return err
	}
	s.db = db
	return nil
}

func lockedOpen(path string, o StoreOptions) (*bolt.DB, error) {
	ctx := o.Context
	if ctx == nil {
		ctx = context.Background()
	}
	for {
		db, err := safely(func() (*bolt.DB, error) {
			return bolt.Open(path, 0o600, &bolt.Options{
				Timeout: 200 * time.Millisecond, ReadOnly: o.ReadOnly,
				FreelistType: bolt.FreelistMapType, NoFreelistSync: true,
			})
		})
		if !errors.Is(err, berrors.ErrTimeout) {
			return db, err
		}
		if !o.Wait {
			return nil, fmt.Errorf("%w (%s)", ErrLocked, path)
		}
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
	}
}

// safely turns the panic or the memory fault that a damaged file can cause in
// bbolt into an error.
func safely[T any](f func() (T, error)) (v T, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("damaged file: %v", r)
		}
	}()
	return f()
}

// load checks every record, so that what is read later can be believed, and
// reads the meta data.
func (s *Store) load(db *bolt.DB) error {
	_, err := safely(func() (struct{}, error) {
		return struct{}{}, db.View(func(tx *bolt.Tx) error {
			meta, pairs := tx.Bucket(bucketMeta), tx.Bucket(bucketPairs)
			if meta == nil || pairs == nil {
				return errors.New("not a store of ferry's")
			}
			if err := json.Unmarshal(meta.Get(keyMeta), &s.meta); err != nil {
				return fmt.Errorf("meta data: %w", err)
			}
			if s.meta.Version != storeVersion {
				return fmt.Errorf("format version %d, this ferry knows %d", s.meta.Version, storeVersion)
			}
			if s.meta.Group != tx.ID() {
				return errGroups
			}
			return s.checkPairs(tx, pairs)
		})
	})
	return err
}

var errGroups = errors.New("pages of different groups")

// checkPairs decodes every pair and holds the order of the keys, which also
// catches a page that stands in two places, and that they are all there.
func (s *Store) checkPairs(tx *bolt.Tx, pairs *bolt.Bucket) error {
	var last []byte
	var all tally
	err := pairs.ForEach(func(k, v []byte) error {
		if last != nil && bytes.Compare(last, k) >= 0 {
			return errors.New("keys out of order")
		}
		last = append(last[:0], k...)
		if _, err := decodePair(k, v); err != nil {
			return err
		}
		all.add(v)
		if all.count%letGoEvery == 0 {
			letGo(tx)
		}
		return nil
	})
	letGo(tx)
	if err == nil && (all.count != s.meta.Count || all.check != s.meta.Check) {
		return errGroups
	}
	s.meta.files = all.files
	return err
}

// initialize makes the buckets of a new file. Of one that has them it writes
// nothing: every transaction that is written must write the meta data.
func (s *Store) initialize(db *bolt.DB) error {
	made := false
	err := db.View(func(tx *bolt.Tx) error {
		made = tx.Bucket(bucketMeta) != nil
		return nil
	})
	if err != nil || made {
		return err
	}
	return db.Update(func(tx *bolt.Tx) error {
		if _, err := tx.CreateBucketIfNotExists(bucketMeta); err != nil {
			return err
		}
		if _, err := tx.CreateBucketIfNotExists(bucketPairs); err != nil {
			return err
		}
		return putMeta(tx, storeMeta{Version: storeVersion})
	})
}

func putMeta(tx *bolt.Tx, m storeMeta) error {
	m.Group = tx.ID()
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return tx.Bucket(bucketMeta).Put(keyMeta, text)
}

// Damage says what became of a damaged store, or "".
func (s *Store) Damage() string { return s.damage }

// Path returns the file that the store is kept in.
func (s *Store) Path() string { return s.path }

// Roots returns the identities of both roots, "" where none was recorded.
func (s *Store) Roots() (local, remote string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.meta.Local, s.meta.Remote
}

// SetRoots records the identities of both roots.
func (s *Store) SetRoots(local, remote string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.meta
	m.Local, m.Remote = local, remote
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

// Close writes what is pending and lets go of the file.
func (s *Store) Close() error {
	if s.db == nil {
		return nil
	}
	err := s.Flush()
	return errors.Join(err, s.db.Close())
}
