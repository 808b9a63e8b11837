package manifest

import (
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// UseEncoding says in which encoding the server's names are read from now on; "" is
// UTF-8. If it was another one, paths with other characters than ASCII are forgotten,
// and their number is returned: the server shows the same files under other names
// now, and not one of them was deleted. A read-only store only hides them.
func (s *Store) UseEncoding(name string) (forgotten int, err error) {
	if err := s.Flush(); err != nil && s.db != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil || s.meta.Encoding == name {
		return 0, nil
	}
	m := s.meta
	m.Encoding = name
	drop := func(tx *bolt.Tx) error {
		g := &group{pairs: tx.Bucket(bucketPairs), tally: tally{m.Count, m.Check, m.files}}
		var paths []Path
		err := eachBelow(g.pairs.Cursor(), Root, false, func(p Path, _ Pair) bool {
			if !isASCII(string(p)) {
				paths = append(paths, p)
			}
			return true
		})
		for _, p := range paths {
			key := pathKey(p)
			g.tally.drop(g.pairs.Get(key))
			if err == nil && !s.readOnly {
				err = g.pairs.Delete(key)
			}
		}
		m.Count, m.Check, m.files = g.tally.count, g.tally.check, g.tally.files
		forgotten = len(paths)
		if err == nil && !s.readOnly {
			err = putMeta(tx, m)
		}
		return err
	}
	if s.readOnly {
		err = s.db.View(drop)
	} else {
		err = s.db.Update(drop)
	}
	if err != nil {
		return 0, fmt.Errorf("changing the encoding in %s: %w", s.path, err)
	}
	s.meta, s.onlyASCII = m, s.readOnly && forgotten > 0
	return forgotten, nil
}

// hides reports whether the store holds p and must not show it.
func (s *Store) hides(p Path) bool { return s.onlyASCII && !isASCII(string(p)) }
