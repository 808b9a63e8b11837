package manifest

import (
	"encoding/binary"
	"fmt"
	"testing"
)

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

// TestRecordOfVersion1 reads a record that an older ferry wrote.
func TestRecordOfVersion1(t *testing.T) {
	key := pathKey("a/b")
	b := []byte{1, byte(File), byte(Second), 5}
	b = binary.AppendVarint(b, 7e9)
	b = binary.AppendVarint(b, 0)
	b = binary.LittleEndian.AppendUint64(b, 9)
	b = appendString(b, "B")
	b = append(b, byte(File), 0, 5)
	b = append(b, make([]byte, 1+1+8+1)...) // times, identity and name
	b = appendString(b, "sum")
	b = binary.LittleEndian.AppendUint32(b, checksum(key, b))
	got, err := decodePair(key, b)
	if err != nil {
		t.Fatal(err)
	}
	want := Pair{
		Local:  Entry{Kind: File, Precision: Second, Size: 5, ModTime: 7e9, ID: 9, Name: "B"},
		Remote: Entry{Kind: File, Size: 5},
		Sum:    "sum",
	}
	if got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

// TestRecordOfEveryField stores and reads an entry with no field left at zero.
func TestRecordOfEveryField(t *testing.T) {
	e := Entry{Kind: Dir, Precision: Second, ShownPrecision: Minute, Size: 1, ModTime: -2, Shown: 3, ID: 4, Changed: 5, Device: 6, Name: "n"}
	want := Pair{Local: e, Remote: e, Sum: "s"}
	got, err := decodePair(pathKey("p"), encodePair(pathKey("p"), want))
	if err != nil || got != want {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

// TestRecordOfModes holds that permission bits are stored, and that a record without them is
// one that older programs read.
func TestRecordOfModes(t *testing.T) {
	key := pathKey("a/b")
	for _, modes := range [][2]uint16{{0, 0}, {0o644, 0}, {0, 0o777}, {0o400, 0o755}} {
		want := pairOf(5)
		want.Local.Mode, want.Remote.Mode = modes[0], modes[1]
		record := encodePair(key, want)
		if got, err := decodePair(key, record); err != nil || got != want {
			t.Errorf("%o: %+v, %v", modes, got, err)
		}
		if old := record[0] == recordWithoutModes; old != (modes == [2]uint16{}) {
			t.Errorf("%o: version %d", modes, record[0])
		}
	}
}

// TestTreeOfModes holds that a tree keeps permission bits beside everything else.
func TestTreeOfModes(t *testing.T) {
	var b Builder
	want := Entry{Kind: File, Precision: NoTime, ShownPrecision: NoTime, Size: 5, ID: 1}
	for mode := range uint16(0o1000) {
		want.Mode, want.Holds = mode, mode%2 == 0
		b.Add(Path(fmt.Sprint("f", mode)), want)
	}
	tree := b.Tree()
	for mode := range uint16(0o1000) {
		want.Mode, want.Holds = mode, mode%2 == 0
		if got := tree.At(Path(fmt.Sprint("f", mode))); got != want {
			t.Fatalf("%+v, want %+v", got, want)
		}
	}
}
