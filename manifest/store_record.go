package manifest

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"
)

// A record is one pair as it is stored: a version byte, the two entries and the sum
// in a compact form, and a CRC-32 (Castagnoli) of key and record, by which damage
// is noticed.

// The versions of a record: 1 has neither Changed nor Device, and 2 has no Mode. A record
// without permission bits is written as version 2, which older programs can read.
const (
	recordVersion      = 3
	recordWithoutModes = 2
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	errRecord  = errors.New("record does not match its checksum")
)

// pathKey returns the key of p: its bytes with 0 in place of the slash, which makes
// the order of keys that of [Path.Compare].
func pathKey(p Path) []byte { return []byte(strings.ReplaceAll(string(p), "/", "\x00")) }

func keyPath(key []byte) Path { return Path(strings.ReplaceAll(string(key), "\x00", "/")) }

func encodePair(key []byte, pair Pair) []byte {
	b := make([]byte, 1, 96)
	b[0] = recordWithoutModes
	b = appendEntry(b, pair.Local)
	b = appendEntry(b, pair.Remote)
	b = appendString(b, pair.Sum)
	if pair.Local.Mode != 0 || pair.Remote.Mode != 0 {
		b[0] = recordVersion
		b = binary.AppendUvarint(b, uint64(pair.Local.Mode))
		b = binary.AppendUvarint(b, uint64(pair.Remote.Mode))
	}
	return binary.LittleEndian.AppendUint32(b, checksum(key, b))
}

func checksum(key, record []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, record)
}

// decodePair is the inverse of encodePair. It does not keep b.
func decodePair(key, b []byte) (Pair, error) {
	if len(b) < 5 {
		return Pair{}, errRecord
	}
	body, crc := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if checksum(key, body) != crc {
		return Pair{}, errRecord
	}
	if body[0] == 0 || body[0] > recordVersion {
		return Pair{}, errors.New("record of another version")
	}
	d := decoder{b: body[1:], version: body[0]}
	pair := Pair{Local: d.entry(), Remote: d.entry(), Sum: d.str()}
	if d.version > recordWithoutModes {
		pair.Local.Mode, pair.Remote.Mode = d.mode(), d.mode()
	}
	if d.bad || len(d.b) != 0 {
		return Pair{}, errRecord
	}
	return pair, nil
}

func appendEntry(b []byte, e Entry) []byte {
	b = append(b, byte(e.Kind), byte(e.Precision)|byte(e.ShownPrecision)<<4)
	b = binary.AppendUvarint(b, uint64(e.Size))
	b = binary.AppendVarint(b, e.ModTime)
	b = binary.AppendVarint(b, e.Shown)
	b = binary.LittleEndian.AppendUint64(b, e.ID)
	b = binary.AppendVarint(b, e.Changed)
	b = binary.AppendUvarint(b, e.Device)
	return appendString(b, e.Name)
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

type decoder struct {
	b       []byte
	version byte // of the record
	bad     bool
}

func (d *decoder) take(n int) []byte {
	if n < 0 || n > len(d.b) {
		d.bad, d.b = true, nil
		return make([]byte, min(max(n, 0), 16))
	}
	head := d.b[:n]
	d.b = d.b[n:]
	return head
}

func (d *decoder) skip(n int) {
	if n <= 0 {
		n, d.bad = 0, true
	}
	d.take(n)
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	d.skip(n)
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	d.skip(n)
	return v
}

func (d *decoder) str() string {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.bad = true
		return ""
	}
	return string(d.take(int(n)))
}

func (d *decoder) mode() uint16 {
	v := d.uvarint()
	if v > 0o777 {
		d.bad = true
	}
	return uint16(v)
}

func (d *decoder) entry() Entry {
	head := d.take(2)
	e := Entry{Kind: Kind(head[0]), Precision: Precision(head[1] & 15), ShownPrecision: Precision(head[1] >> 4)}
	e.Size = int64(d.uvarint())
	e.ModTime = d.varint()
	e.Shown = d.varint()
	e.ID = binary.LittleEndian.Uint64(d.take(8))
	if d.version > 1 {
		e.Changed = d.varint()
		e.Device = d.uvarint()
	}
	e.Name = d.str()
	if e.Kind > Other || e.Precision > NoTime || e.ShownPrecision > NoTime || e.Size < 0 {
		d.bad = true
	}
	return e
}
