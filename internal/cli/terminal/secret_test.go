package terminal

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestReadSecret(t *testing.T) {
	for _, c := range []struct {
		typed, want, left string
		err               error
	}{
		{"geheim\r", "geheim", "", nil},
		{"geheim\nnext\n", "geheim", "next\n", nil},
		{"\r", "", "", nil},
		{"xü\x7f\x7f\x7fab\bc\r", "ac", "", nil},
		{"wrong\x15right\r", "right", "", nil},
		{"a\x04b\r", "ab", "", nil},
		{"\x04more", "", "more", io.EOF},
		{"abc\x03more", "", "more", errInterrupted},
		{"abc", "", "", io.EOF},
	} {
		r := strings.NewReader(c.typed)
		got, err := readSecret(r)
		left, _ := io.ReadAll(r)
		if got != c.want || !errors.Is(err, c.err) || string(left) != c.left {
			t.Errorf("%q: %q, %v, and %q is left", c.typed, got, err, left)
		}
	}
}
