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

// Flush writes everything recorded so far, and returns when it is on disk.
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
	return s.update(func(g *group) error {
		for p, pair := range s.pending {
			if err := g.record(pathKey(p), pair); err != nil {
				return err
			}
		}
		return nil
	})
}

// A group is a transaction that changes pairs.
type group struct {
	pairs *bolt.Bucket
	tally tally // of the whole bucket
}

// record puts pair at key, or drops what is there if pair is nil.
func (g *group) record(key []byte, pair *Pair) error {
	if old := g.pairs.Get(key); len(old) >= 5 {
		g.tally.drop(old)
	}
	if pair == nil {
		return g.pairs.Delete(key)
	}
	record := encodePair(key, *pair)
	g.tally.add(record)
	return g.pairs.Put(key, record)
}

// update runs f in one transaction, updates the meta data with it, and clears
// pending. The caller holds mu.
func (s *Store) update(f func(g *group) error) error {
	if s.db == nil {
		s.failed = errors.New("store is read-only")
		return s.failed
	}
	m := s.meta
	err := s.db.Update(func(tx *bolt.Tx) error {
		g := &group{pairs: tx.Bucket(bucketPairs), tally: tally{m.Count, m.Check, m.files}}
		if err := f(g); err != nil {
			return err
		}
		m.Count, m.Check, m.files = g.tally.count, g.tally.check, g.tally.files
		if s.written += len(s.pending); s.written >= releaseEvery {
			s.written = 0
			releasePages(tx)
		}
		return putMeta(tx, m)
	})
	if err != nil {
		s.failed = fmt.Errorf("writing %s: %w", s.path, err)
		return s.failed
	}
	s.meta = m
	clear(s.pending)
	return nil
}

// Rename moves what is recorded at and below from to to, in one transaction.
func (s *Store) Rename(from, to Path) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return s.failed
	}
	if err := s.write(); err != nil {
		return err
	}
	return s.update(func(g *group) error {
		moved := make(map[Path]Pair)
		err := eachBelow(g.pairs.Cursor(), from, true, func(p Path, pair Pair) bool {
			moved[p] = pair
			return true
		})
		if err != nil {
			return err
		}
		for p := range moved {
			if err := g.record(pathKey(p), nil); err != nil {
				return err
			}
		}
		for p, pair := range moved {
			if p == from {
				pair.Local.Name, pair.Remote.Name = "", ""
			}
			if err := g.record(pathKey(p.Rebase(from, to)), &pair); err != nil {
				return err
			}
		}
		return nil
	})
}
