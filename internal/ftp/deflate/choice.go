// Package deflate compresses what goes through data connections in MODE Z
// (draft-preston-ftpext-deflate), and says where that pays. It knows nothing of FTP otherwise.
package deflate

import "fmt"

// A Choice says when data connections are compressed.
type Choice uint8

// The choices. None of them compresses what is known not to become smaller, or trusts a server
// that was not seen to do it right.
const (
	Auto Choice = iota // where FEAT offers it and the line is slow
	On                 // wherever the server takes it
	Off
)

var choices = [...]string{"auto", "on", "off"}

// String returns "auto", "on" or "off".
func (c Choice) String() string { return choices[c] }

// MarshalText implements [encoding.TextMarshaler].
func (c Choice) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (c *Choice) UnmarshalText(text []byte) error {
	for i, name := range choices {
		if name == string(text) {
			*c = Choice(i)
			return nil
		}
	}
	return fmt.Errorf("must be auto, on or off, not %q", text)
}
