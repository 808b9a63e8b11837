package manifest

import "testing"

// TestRecordBelongsToItsPath holds that a record which turns up under another
// key, as a damaged page can make it, is not believed there.
func TestRecordBelongsToItsPath(t *testing.T) {
	record := encodePair(pathKey("a/b"), pairOf(5))
	if _, err := decodePair(pathKey("a/b"), record); err != nil {
		t.Errorf("under its own path: %v", err)
	}
	for _, p := range []Path{"a", "a/c", "a/b/c", "b"} {
		if pair, err := decodePair(pathKey(p), record); err == nil {
			t.Errorf("under %s: %+v", p, pair)
		}
	}
}

// TestRecordOfAnyDamage flips every bit of a record.
func TestRecordOfAnyDamage(t *testing.T) {
	key := pathKey("a/b")
	record := encodePair(key, pairOf(5))
	for i := range len(record) * 8 {
		record[i/8] ^= 1 << (i % 8)
		if pair, err := decodePair(key, record); err == nil {
			t.Errorf("with bit %d flipped: %+v", i, pair)
		}
		record[i/8] ^= 1 << (i % 8)
	}
	for n := range record {
		if pair, err := decodePair(key, record[:n]); err == nil {
			t.Errorf("%d bytes of %d: %+v", n, len(record), pair)
		}
	}
}
