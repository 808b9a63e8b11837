package listing

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestListingInPieces checks that a listing is read alike however it is cut on its way.
func TestListingInPieces(t *testing.T) {
	const text = "type=dir; a\r\ntype=file;size=1; b c\n\r\ntype=file;size=2; \u00e4\r\ntype=cdir; .\r\n"
	for n := 1; n <= len(text); n++ {
		for _, tt := range []struct {
			text       string
			cut, whole bool
		}{{text, false, true}, {text + "type=file;size=3; d", true, false}, {text + "garbage\r\n", false, false}} {
			var names []string
			r := NewReader(MLSD(), func(e Entry) { names = append(names, e.Name) })
			for piece := range slices.Chunk([]byte(tt.text), n) {
				r.Take(piece)
			}
			err := r.Check(true, 226, "done")
			cut := strings.Contains(fmt.Sprint(err), "within a line")
			if want := []string{"a", "b c", "\u00e4", "."}; !slices.Equal(names, want) || (err == nil) != tt.whole || cut != tt.cut || err != nil && !errors.Is(err, ErrIncomplete) {
				t.Fatalf("pieces of %d: %q, %v", n, names, err)
			}
		}
	}
	r := NewReader(MLSD(), func(Entry) {})
	for range 100 {
		r.Take([]byte(strings.Repeat("x", 1000)))
	}
	r.Take([]byte("\r\ntype=dir; a\r\n"))
	if !errors.Is(r.Err(), ErrIncomplete) || r.entries != 1 || cap(r.rest) > 2*maxLine {
		t.Errorf("a line that is too long: %v, %d entries", r.Err(), r.entries)
	}
}
