package report

import (
	"bytes"

	"github.com/rogpeppe/go-internal/diff"
)

// Diff returns the differences of two texts in the unified form, as diff -u and
// patch have it, or "" where there are none.
func Diff(nameA, nameB, a, b string) string {
	out := diff.Diff(nameA, []byte(a), nameB, []byte(b))
	_, out, _ = bytes.Cut(out, []byte("\n")) // a line "diff A B", which patch does not need
	return string(out)
}
