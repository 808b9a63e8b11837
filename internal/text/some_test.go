package text

import "testing"

func TestSome(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  string
	}{
		{nil, ""},
		{[]string{"a"}, "a"},
		{[]string{"a", "b", "c"}, "a, b, c"},
		{[]string{"a", "b", "c", "d"}, "a, b, c and 1 more"},
		{make([]string, 200), ", ,  and 197 more"},
	} {
		if got := Some(c.names, 3); got != c.want {
			t.Errorf("Some(%q) = %q, want %q", c.names, got, c.want)
		}
	}
}
