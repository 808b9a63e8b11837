package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// releaseEvery is the number of pairs that are read before their pages are released.
const releaseEvery = 1 << 15

// load reads the meta data and checks every record, so that later reads can trust
// them.
func (s *Store) load(db *bolt.DB) error {
	_, err := catchDamage(func() (struct{}, error) {
		return struct{}{}, db.View(func(tx *bolt.Tx) error {
			meta, pairs := tx.Bucket(bucketMeta), tx.Bucket(bucketPairs)
			if meta == nil || pairs == nil {
				return errors.New("not a store of ferry")
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
			if s.meta.Local == earlierPart {
				s.meta.Local, s.meta.Part = "", true
			}
			return s.checkPairs(tx, pairs)
		})
	})
	return err
}

var errGroups = errors.New("pages of different groups")

// checkPairs checks that every pair can be decoded, that none is missing, and that
// the keys are in order, which a page that is used twice breaks.
func (s *Store) checkPairs(tx *bolt.Tx, pairs *bolt.Bucket) error {
	var last []byte
	var all tally
	unseen := 0
	err := pairs.ForEach(func(k, v []byte) error {
		if last != nil && bytes.Compare(last, k) >= 0 {
			return errors.New("keys out of order")
		}
		last = append(last[:0], k...)
		pair, err := decodePair(k, v)
		if err != nil {
			return err
		}
		if !pair.Remote.Exists() {
			unseen++
		}
		all.add(v)
		if all.count%releaseEvery == 0 {
			releasePages(tx)
		}
		return nil
	})
	releasePages(tx)
	if err == nil && (all.count != s.meta.Count || all.check != s.meta.Check) {
		return errGroups
	}
	s.meta.files, s.meta.unseen = all.files, unseen
	return err
}
