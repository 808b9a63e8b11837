package sync

import (
	"bytes"
	"fmt"
	"io"
)

// OverlapBytes is how much of the part that an earlier attempt left is compared with
// the source before a transfer goes on from there.
const OverlapBytes = 64 << 10

// A PrefixHasher is a [Source] that also hashes what lies before its offset.
type PrefixHasher interface {
	// PrefixSum returns the SHA-256 of everything up to the present position, or "" if
	// it is not known.
	PrefixSum() string
}

// A HashTeller is a [Source] whose Sum may be known after Confirm although it was not
// read from the beginning, because its side tells the hash of a whole file.
type HashTeller interface {
	TellsHash() bool
}

// TellsHash reports whether the Sum of a source that is not read from the beginning
// can be expected.
func TellsHash(src Source) bool {
	t, ok := src.(HashTeller)
	return ok && t.TellsHash()
}

// SameOverlap reads as many bytes from src as part has, and reports whether they are
// the same. Bytes that are all alike prove nothing: a part whose end was never stored
// reads as zeros. The error is that of src.
func SameOverlap(src io.Reader, part []byte) (bool, error) {
	there := make([]byte, len(part))
	if _, err := io.ReadFull(src, there); err != nil {
		return false, fmt.Errorf("%w: reading what is there already: %w", ErrSource, err)
	}
	alike := bytes.Count(part, part[:min(1, len(part))]) == len(part)
	return !alike && bytes.Equal(there, part), nil
}
