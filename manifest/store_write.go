package manifest

import (
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Set records that both sides agree at p.
func (s *Store) Set(p Path, pair Pair) error {
	pair.Local.Sum, pair.Remote.Sum = "", ""
	pair.Local.Holds, pair.Remote.Holds = false, false
	return s.record(p, &pair)
}

// Forget drops p.
func (s *Store) Forget(p Path) error { return s.record(p, nil) }

func (s *Store) record(p Path, pair *Pair) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return s.failed
	}
	s.pending[p] = pair
	if len(s.pending) >= groupSize {
		return s.write()
	}
	if s.timer == nil {
		s.timer = time.AfterFunc(groupWait, func() { _ = s.Flush() })
	}
	return nil
}

// Flush returns when everything recorded so far is on disk.
func (s *Store) Flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return s.failed
	}
	return s.write()
}

// write writes the pending records in one transaction. The caller holds mu.
func (s *Store) write() error {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	if len(s.pending) == 0 {
		return nil
	}
	return s.update(func(pairs *bolt.Bucket) (int, error) {
		change := 0
		for p, pair := range s.pending {
			key := pathKey(p)
			had := pairs.Get(key) != nil
			if pair == nil {
				if had {
					change--
				}
				if err := pairs.Delete(key); err != nil {
					return 0, err
				}
				continue
			}
			if !had {
				change++
			}
			if err := pairs.Put(key, encodePair(key, *pair)); err != nil {
				return 0, err
			}
		}
		return change, nil
	})
}

// update runs f in one transaction, counts, and empties pending. The caller
// holds mu.
func (s *Store) update(f func(pairs *bolt.Bucket) (int, error)) error {
	if s.db == nil {
		s.failed = errors.New("store is read-only")
		return s.failed
	}
	change := 0
	err := s.db.Update(func(tx *bolt.Tx) (err error) {
		change, err = f(tx.Bucket(bucketPairs))
		return err
	})
	if err != nil {
		s.failed = fmt.Errorf("writing %s: %w", s.path, err)
		return s.failed
	}
	s.count += change
	clear(s.pending)
	return nil
}

// Rename moves what is recorded at and below from to to, at once and whole.
func (s *Store) Rename(from, to Path) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return s.failed
	}
	if err := s.write(); err != nil {
		return err
	}
	return s.update(func(pairs *bolt.Bucket) (int, error) {
		moved := make(map[Path]Pair)
		err := eachBelow(pairs.Cursor(), from, true, func(p Path, pair Pair) bool {
			moved[p] = pair
			return true
		})
		if err != nil {
			return 0, err
		}
		change := 0
		for p := range moved {
			if err := pairs.Delete(pathKey(p)); err != nil {
				return 0, err
			}
			change--
		}
		for p, pair := range moved {
			if p == from {
				pair.Local.Name, pair.Remote.Name = "", ""
			}
			key := pathKey(p.Rebase(from, to))
			if pairs.Get(key) == nil {
				change++
			}
			if err := pairs.Put(key, encodePair(key, pair)); err != nil {
				return 0, err
			}
		}
		return change, nil
	})
}
