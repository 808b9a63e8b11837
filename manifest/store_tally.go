package manifest

import "encoding/binary"

// A tally sums up a set of records. It does not depend on the order in which they
// were added and dropped.
type tally struct {
	count int
	check uint64
	files int
}

func (t *tally) add(record []byte) {
	t.count++
	t.check += hash(record)
	if isFile(record) {
		t.files++
	}
}

func (t *tally) drop(record []byte) {
	t.count--
	t.check -= hash(record)
	if isFile(record) {
		t.files--
	}
}

// isFile reports whether a record is that of a file: the kind of the local entry
// follows the version.
func isFile(record []byte) bool { return Kind(record[1]) == File }

// hash spreads the checksum at the end of a record over 64 bits, so that different
// sets of records have different sums (the finalizer of SplitMix64).
func hash(record []byte) uint64 {
	x := uint64(binary.LittleEndian.Uint32(record[len(record)-4:]))
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
