// Package compare finds out the contents of files, and whether two sides have the same one:
// by what a side tells of them, or by reading.
package compare

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"hash/crc32"
)

// An Algorithm is one by which a side may tell the hash of a file, by its name in
// draft-bryan-ftp-hash.
type Algorithm string

const (
	// SHA256 is the algorithm of the base. Its hash stands for a content everywhere.
	SHA256 Algorithm = "SHA-256"
	// CRC32 is the one that anybody can forge.
	CRC32 Algorithm = "CRC32"
)

// proofs is the table of the algorithms whose hashes are compared. Equal hashes are proof
// against accident, which is all that is asked of them: whoever can make another content
// with the same hash can write to that side, and could put it there later just as well. CRC32
// is one only because the files have the same size, and nothing else is in question; two
// contents are then taken for one once in four billion. The other ones do not stand for a
// content beyond the comparison at hand: nothing is renamed or recorded by them.
var proofs = map[Algorithm]func() hash.Hash{
	SHA256:    sha256.New,
	"SHA-512": sha512.New,
	"SHA-1":   sha1.New,
	"MD5":     md5.New,
	CRC32:     func() hash.Hash { return crc32.NewIEEE() },
}

// Proves reports whether equal hashes of this algorithm, of files of equal size, show that
// the contents are the same.
func (a Algorithm) Proves() bool { return proofs[a] != nil }

// New returns a new hash of an algorithm that proves something.
func (a Algorithm) New() hash.Hash { return proofs[a]() }

// A Told is what a side tells of a content without a transfer.
type Told struct {
	Algorithm Algorithm // "": it tells nothing
	Sum       string    // the hash as bytes
	// Err says that the content cannot be had at all. It wraps the same errors as that of
	// [Side.Sum].
	Err error
}

// Differs stands for the hash of a content of which is only known that it is not the one on
// the other side.
const Differs = "differs"
