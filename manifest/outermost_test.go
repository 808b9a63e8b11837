package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOutermost(t *testing.T) {
	got := Outermost([]Path{"b", "a/b/c", "a", "ab", "a/b", "a", "a b"})
	if diff := cmp.Diff([]Path{"a", "a b", "ab", "b"}, got); diff != "" {
		t.Error(diff)
	}
	if got := Outermost([]Path{"a", Root, "b/c"}); len(got) != 1 || got[0] != Root {
		t.Errorf("with the root: %q", got)
	}
}
