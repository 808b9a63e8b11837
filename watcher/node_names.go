package watcher

import (
	"hash/maphash"
	"slices"
)

var seed = maphash.MakeSeed()

// names is the set of the names in one directory, as hashes of eight bytes. It may
// report a name that is not in the set, but it never misses one that is.
type names struct {
	sorted []uint64
	fresh  map[uint64]struct{} // not in sorted yet
}

// newNames makes a set of hashes. It keeps the slice.
func newNames(hashes []uint64) names {
	slices.Sort(hashes)
	return names{sorted: slices.Clip(slices.Compact(hashes))}
}

// hashName returns the hash of a name, which must be in NFC.
func hashName(name string) uint64 { return maphash.String(seed, name) }

func (n *names) has(h uint64) bool {
	if _, ok := n.fresh[h]; ok {
		return true
	}
	_, ok := slices.BinarySearch(n.sorted, h)
	return ok
}

// add adds h, and reports whether it was missing.
func (n *names) add(h uint64) bool {
	if n.has(h) {
		return false
	}
	if n.fresh == nil {
		n.fresh = make(map[uint64]struct{})
	}
	n.fresh[h] = struct{}{}
	if len(n.fresh) > 64+len(n.sorted)/4 {
		n.merge()
	}
	return true
}

func (n *names) merge() {
	all := slices.Grow(n.sorted, len(n.fresh))
	for h := range n.fresh {
		all = append(all, h)
	}
	*n = newNames(all)
}

// remove removes h, and reports whether it was there.
func (n *names) remove(h uint64) bool {
	if _, ok := n.fresh[h]; ok {
		delete(n.fresh, h)
		return true
	}
	i, ok := slices.BinarySearch(n.sorted, h)
	if ok {
		n.sorted = slices.Delete(n.sorted, i, i+1)
	}
	return ok
}
