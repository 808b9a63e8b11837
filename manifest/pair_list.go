package manifest

import (
	"encoding/binary"
	"math"
)

// A PairList keeps pairs in the form in which they are stored, which takes a third of the
// memory. The zero PairList is empty.
type PairList struct{ chunks [][]byte }

// Add appends a pair, with a path that may be [Root]. It returns where it is, which is never 0,
// and false if the list is full.
func (l *PairList) Add(p Path, pair Pair) (at uint32, ok bool) {
	record := encodePair(nil, pair)
	need := len(p) + len(record) + 2*binary.MaxVarintLen32
	last := len(l.chunks) - 1
	if last < 0 || len(l.chunks[last])+need > chunkNames {
		if last+1 > math.MaxUint32>>nameBits || need > chunkNames-1 {
			return 0, false
		}
		l.chunks = append(l.chunks, []byte{0})
		last++
	}
	b := l.chunks[last]
	at = uint32(last)<<nameBits | uint32(len(b))
	b = append(binary.AppendUvarint(b, uint64(len(p))), p...)
	l.chunks[last] = append(binary.AppendUvarint(b, uint64(len(record))), record...)
	return at, true
}

// At returns what Add has put there. A pair comes back as [Store] would keep it.
func (l *PairList) At(at uint32) (Path, Pair) {
	b := l.chunks[at>>nameBits][at&(chunkNames-1):]
	p, b := cutPrefixed(b)
	record, _ := cutPrefixed(b)
	pair, _ := decodePair(nil, record)
	return Path(p), pair
}

// cutPrefixed splits b after the bytes whose number it begins with.
func cutPrefixed(b []byte) (part, rest []byte) {
	n, width := binary.Uvarint(b)
	b = b[width:]
	return b[:n], b[n:]
}
