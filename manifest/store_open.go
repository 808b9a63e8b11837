package manifest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// OpenStore opens the store in the file at path, and creates it if it is missing. A
// damaged store is renamed, and an empty one takes its place, see [Store.Damage].
// The error wraps [ErrLocked] if another process has the store open.
func OpenStore(path string, o StoreOptions) (*Store, error) {
	s := &Store{path: path, pending: make(map[Path]*Pair), readOnly: o.ReadOnly}
	if o.ReadOnly {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return s, nil
		}
	} else if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("creating the state directory: %w", err)
	}
	err := s.open(o)
	if err == nil || errors.Is(err, ErrLocked) || isOutside(err) {
		return s, err
	}
	if o.ReadOnly {
		s.damage = fmt.Sprintf("the record of this pair is damaged (%v)", err)
		return s, nil
	}
	aside := fmt.Sprintf("%s.damaged-%s", path, time.Now().UTC().Format("20060102-150405"))
	if rerr := os.Rename(path, aside); rerr != nil {
		return nil, fmt.Errorf("renaming a damaged store: %w", rerr)
	}
	s.damage = fmt.Sprintf("the record of this pair was damaged (%v) and is now %s", err, aside)
	if err := s.open(o); err != nil {
		return nil, err
	}
	return s, nil
}

// isOutside reports whether err has its cause outside the file: it could not be
// opened, or the wait for it was ended.
func isOutside(err error) bool {
	var pe *fs.PathError
	return errors.As(err, &pe) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// open checks every record of an existing file, opened read-only, before it opens
// the file for writing. bbolt trusts its pages: damaged ones can make it panic in a
// goroutine of its own.
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
		err = s.load(db) // another process may have changed it in between
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
		db, err := catchDamage(func() (*bolt.DB, error) {
			return bolt.Open(path, 0o600, &bolt.Options{
				Timeout: 200 * time.Millisecond, ReadOnly: o.ReadOnly,
				FreelistType: bolt.FreelistMapType, NoFreelistSync: true,
			})
		})
		if !errors.Is(err, berrors.ErrTimeout) {
			return db, err
		}
		if !o.Wait || !o.WaitUntil.IsZero() && time.Now().After(o.WaitUntil) {
			return nil, fmt.Errorf("%w (%s)", ErrLocked, path)
		}
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
	}
}

// catchDamage runs f. It turns a panic or memory fault, which a damaged file can
// cause in bbolt, into an error.
func catchDamage[T any](f func() (T, error)) (v T, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("damaged file: %v", r)
		}
	}()
	return f()
}

// initialize creates the buckets of a new file. It writes nothing to a file that has
// them, since every transaction that writes must write the meta data, too.
func (s *Store) initialize(db *bolt.DB) error {
	done := false
	err := db.View(func(tx *bolt.Tx) error {
		done = tx.Bucket(bucketMeta) != nil
		return nil
	})
	if err != nil || done {
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
