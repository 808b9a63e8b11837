// Package charset turns names into the encodings of servers without UTF-8, and back.
//
// Nothing is ever replaced: a name that an encoding lacks, and bytes that do not come out
// again as they went in, are refused. So no two names have the same bytes, and no two
// sequences of bytes become one name.
package charset

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// A Charset is the encoding of the names on a server. A nil *Charset is UTF-8, as is
// [UTF8]: text passes unchanged, whatever bytes it has. It may be used from several
// goroutines.
type Charset struct {
	name     string
	encoding encoding.Encoding // nil: UTF-8
	// preferred returns the bytes of characters that have several, where the encoder
	// takes others than servers do; nil: there are none.
	preferred func() map[rune]string
}

// UTF8 is for servers that speak UTF-8.
var UTF8 = &Charset{name: "utf-8"}

// Name returns the name of the encoding, as [Names] has it.
func (c *Charset) Name() string {
	if c == nil {
		return UTF8.name
	}
	return c.name
}

// Converts reports whether the encoding is another one than UTF-8.
func (c *Charset) Converts() bool { return c != nil && c.encoding != nil }

// A LacksError means that an encoding lacks a character.
type LacksError struct {
	Charset string
	Char    rune // utf8.RuneError: the text is no text at all
}

func (e *LacksError) Error() string {
	if e.Char == utf8.RuneError {
		return "it is not valid UTF-8, so it cannot be turned into " + e.Charset
	}
	return fmt.Sprintf("%s has no character %q (%U)", e.Charset, e.Char, e.Char)
}

// Encode returns the bytes for text. The error is a [*LacksError].
func (c *Charset) Encode(text string) (string, error) {
	if !c.Converts() || isASCII(text) {
		return text, nil
	}
	bytes, ok := c.encode(text)
	if ok {
		if back, _ := c.decode(bytes); back == text {
			return bytes, nil
		}
	}
	return "", &LacksError{c.name, c.firstLacking(text)}
}

// Decode returns the text for bytes. exact reports whether [Charset.Encode] makes the same
// bytes of it again. Where it does not, text is only fit to be shown.
func (c *Charset) Decode(bytes string) (text string, exact bool) {
	if !c.Converts() || isASCII(bytes) {
		return bytes, true
	}
	text, ok := c.decode(bytes)
	if !ok {
		return text, false
	}
	again, ok := c.encode(text)
	return text, ok && again == bytes
}

func (c *Charset) encode(text string) (bytes string, ok bool) {
	encoder := c.encoding.NewEncoder()
	if c.preferred == nil {
		bytes, err := encoder.String(text)
		return bytes, err == nil
	}
	var b strings.Builder
	for _, r := range text {
		char, ok := c.preferred()[r]
		if !ok {
			var err error
			if char, err = encoder.String(string(r)); err != nil {
				return "", false
			}
		}
		b.WriteString(char)
	}
	return b.String(), true
}

func (c *Charset) decode(bytes string) (text string, ok bool) {
	text, err := c.encoding.NewDecoder().String(bytes)
	return text, err == nil
}

// firstLacking returns the first character of text that the encoding lacks.
func (c *Charset) firstLacking(text string) rune {
	for _, r := range text {
		if r == utf8.RuneError {
			return r
		}
		bytes, ok := c.encode(string(r))
		if !ok {
			return r
		}
		if back, _ := c.decode(bytes); back != string(r) {
			return r
		}
	}
	return utf8.RuneError
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
