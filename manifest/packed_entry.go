package manifest

import "math"

// A packedEntry is a path and its entry.
type packedEntry struct {
	size, time int64
	changed    int64
	id         uint64
	shown      uint32
	dir        uint32 // in dirs
	name       uint32 // where the name begins: chunk, and offset in it
	packed     uint32 // length of the name, and the small fields, see below
}

const (
	chunkEntries = 1 << 13
	nameBits     = 22 // of a place in a chunk of names
	chunkNames   = 1 << nameBits
	// nameMost is the length of the longest name that a tree can hold.
	nameMost = 1<<13 - 1
)

// The parts of packed, from the lowest bit on: kind, the two precisions, Holds,
// whether the entry is a rare one, the permission bits, and the length of the name.
const (
	precisionAt = 2
	shownAt     = 5
	holdsBit    = 1 << 8
	rareBit     = 1 << 9
	modeAt      = 10
	lengthAt    = 19
)

// pack returns e as a packedEntry, and whether all of it but its sum fits.
func pack(e Entry) (packedEntry, bool) {
	c := packedEntry{size: e.Size, time: e.ModTime, changed: e.Changed, id: e.ID, shown: uint32(e.Shown),
		packed: uint32(e.Kind)&3 | uint32(e.Precision)&7<<precisionAt | uint32(e.ShownPrecision)&7<<shownAt | uint32(e.Mode)&0o777<<modeAt}
	if e.Holds {
		c.packed |= holdsBit
	}
	fits := (e.Sum == "" || len(e.Sum) == sumLength) && e.Name == "" && e.Device == 0 && e.Kind <= Other && e.Mode <= 0o777 && e.Precision < 8 && e.ShownPrecision < 8 &&
		e.Shown >= 0 && e.Shown <= math.MaxUint32
	return c, fits
}
