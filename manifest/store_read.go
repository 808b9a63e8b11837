package manifest

import (
	"bytes"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"
)

// At implements [Base].
func (s *Store) At(p Path) (pair Pair, ok bool) {
	s.mu.Lock()
	if waiting, is := s.pending[p]; is {
		s.mu.Unlock()
		if waiting == nil {
			return Pair{}, false
		}
		return *waiting, true
	}
	s.mu.Unlock()
	if s.db == nil || p == Root || s.hides(p) {
		return Pair{}, false
	}
	_ = s.db.View(func(tx *bolt.Tx) error {
		key := pathKey(p)
		if v := tx.Bucket(bucketPairs).Get(key); v != nil {
			var err error
			pair, err = decodePair(key, v)
			ok = err == nil
		}
		return nil
	})
	return pair, ok
}

// Len implements [Base].
func (s *Store) Len() int {
	_ = s.Flush()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.meta.Count
}

// Files implements [Base].
func (s *Store) Files() int {
	_ = s.Flush()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.meta.files
}

// All implements [Base].
func (s *Store) All() iter.Seq2[Path, Pair] { return s.Below(Root) }

// Below implements [Base]. It yields a snapshot. The loop may record results, but
// should not run long: meanwhile the file grows with every change.
func (s *Store) Below(dir Path) iter.Seq2[Path, Pair] {
	return func(yield func(Path, Pair) bool) {
		s.read(func(tx *bolt.Tx) error {
			n := 0
			defer func() {
				if n >= releaseEvery {
					releasePages(tx)
				}
			}()
			return eachBelow(tx.Bucket(bucketPairs).Cursor(), dir, false, func(p Path, pair Pair) bool {
				if n++; n%releaseEvery == 0 {
					releasePages(tx)
				}
				return s.hides(p) || yield(p, pair)
			})
		})
	}
}

// Children implements [Base]. It skips what is below the directories in dir. The loop
// is under the same rules as that of [Store.Below].
func (s *Store) Children(dir Path) iter.Seq2[Path, Pair] {
	return func(yield func(Path, Pair) bool) {
		s.read(func(tx *bolt.Tx) error {
			return eachChild(tx.Bucket(bucketPairs).Cursor(), dir, func(p Path, pair Pair) bool {
				return s.hides(p) || yield(p, pair)
			})
		})
	}
}

// Dirs yields the directories that both sides agree on, without the root, in the
// order of [Path.Compare].
func (s *Store) Dirs() iter.Seq[Path] {
	return func(yield func(Path) bool) {
		for p, pair := range s.All() {
			if pair.Kind() == Dir && !yield(p) {
				return
			}
		}
	}
}

// read calls f with a view of all pairs, including those that were just recorded. A
// pair that cannot be read makes the store fail.
func (s *Store) read(f func(tx *bolt.Tx) error) {
	if s.db == nil || s.Flush() != nil {
		return
	}
	err := s.db.View(f)
	if err != nil {
		s.mu.Lock()
		s.failed = fmt.Errorf("reading %s: %w", s.path, err)
		s.mu.Unlock()
	}
}

// eachBelow calls f with every pair below dir, and with that of dir itself if self is
// set, in order, until f returns false.
func eachBelow(c *bolt.Cursor, dir Path, self bool, f func(Path, Pair) bool) error {
	prefix := pathKey(dir)
	k, v := c.Seek(prefix)
	if dir == Root {
		k, v = c.First()
	}
	for ; k != nil; k, v = c.Next() {
		p := keyPath(k)
		if !p.Within(dir) {
			return nil
		}
		if p == dir && !self {
			continue
		}
		pair, err := decodePair(k, v)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		if !f(p, pair) {
			return nil
		}
	}
	return nil
}

// eachChild calls f with every pair directly in dir, in order, until f returns false.
// After each of them it seeks the first key that is not below it.
func eachChild(c *bolt.Cursor, dir Path, f func(Path, Pair) bool) error {
	var prefix []byte
	if dir != Root {
		prefix = append(pathKey(dir), 0)
	}
	k, v := c.Seek(prefix)
	for k != nil && bytes.HasPrefix(k, prefix) {
		name, _, deeper := bytes.Cut(k[len(prefix):], []byte{0})
		if deeper { // its parent is not recorded, or was yielded already
			past := append(append(bytes.Clone(prefix), name...), 1)
			k, v = c.Seek(past)
			continue
		}
		p := keyPath(k)
		pair, err := decodePair(k, v)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		if !f(p, pair) {
			return nil
		}
		k, v = c.Next()
	}
	return nil
}
