package gitignore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"unicode/utf16"
)

// Text returns the text of an ignore file, which is UTF-8, or UTF-16 with a byte
// order mark, as some editors on Windows write. What is neither is refused: without its
// patterns files could be sent that should stay here.
func Text(data []byte) (string, error) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	case bytes.IndexByte(data, 0) >= 0:
		return "", errors.New("it is not text: it contains a NUL character")
	default:
		return string(data), nil
	}
	data = data[2:]
	if len(data)%2 != 0 {
		return "", errors.New("it is UTF-16 that breaks off in the middle of a character")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	text := string(utf16.Decode(units))
	if bytes.IndexByte([]byte(text), 0) >= 0 {
		return "", errors.New("it is not text: it contains a NUL character")
	}
	return text, nil
}
