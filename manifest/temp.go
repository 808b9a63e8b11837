package manifest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// The parts of a mark, in hex digits. The check digits follow the mark in a name.
const (
	fingerprintDigits = 16
	uniqueDigits      = 8
	ownerDigits       = 16
	markDigits        = fingerprintDigits + uniqueDigits + ownerDigits
	checkDigits       = 8
)

// NewTempMark returns the mark of a new temporary file: the fingerprint of its source
// (16 hex digits), by which a later attempt finds the file to go on with, digits that no
// other attempt has, and digits that stand for owner.
func NewTempMark(fingerprint, owner string) string {
	var unique [uniqueDigits / 2]byte
	rand.Read(unique[:]) // never fails
	return fingerprint + hex.EncodeToString(unique[:]) + digitsOf("owner", owner, ownerDigits)
}

// TempName returns the name of the temporary file with this mark, which [NewTempMark]
// made. It is the mark with check digits, and nothing of the name that the file will
// have: nobody runs or serves it by its extension. With plain set the name has no
// leading dot, for servers that refuse one.
func TempName(mark string, plain bool) string {
	name := ".ferry-" + mark + digitsOf("mark", mark, checkDigits) + ".part"
	if plain {
		return name[1:]
	}
	return name
}

// TempMark returns the mark that [TempName] put into name, or false if name is not that
// of a temporary file of ferry. The mark of an old name ends before the owner.
func TempMark(name string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(name, "."), "ferry-")
	if !ok {
		return "", false
	}
	digits, ok := strings.CutSuffix(rest, ".part")
	if !ok {
		return "", false
	}
	if len(digits) == markDigits+checkDigits && isHex(digits) {
		mark := digits[:markDigits]
		return mark, digits[markDigits:] == digitsOf("mark", mark, checkDigits)
	}
	return oldTempMark(name)
}

// TempIsFrom reports whether owner made a mark.
func TempIsFrom(mark, owner string) bool {
	return len(mark) == markDigits && mark[markDigits-ownerDigits:] == digitsOf("owner", owner, ownerDigits)
}

// digitsOf returns the first n hex digits of a hash of text, which differs from that of
// the same text with another purpose.
func digitsOf(purpose, text string, n int) string {
	sum := sha256.Sum256([]byte("ferry " + purpose + "\x00" + text))
	return hex.EncodeToString(sum[:])[:n]
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

// IsOwn reports whether name in directory dir belongs to this pair: ferry's directory at
// the root, or a temporary file anywhere. [Path.HasOwn] knows the directories of other
// pairs.
func IsOwn(dir Path, name string) bool {
	if dir == Root && (isOwnDir(name) || IsOwnPlain(name)) {
		return true
	}
	_, temp := TempMark(name)
	return temp
}
