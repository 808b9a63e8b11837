package manifest

import "testing"

func TestHasOwn(t *testing.T) {
	for _, c := range []struct {
		path Path
		want bool
	}{
		{Root, false},
		{"a/b", false},
		{".ferry", true},
		{".ferry/trash/x", true},
		{"a/.ferry", true},
		{"a/b/.ferry/lock/holder", true},
		{"a/.Ferry/x", true},
		{"a/.fe\u200drry/x", true},
		{"a/\u200e.ferry", true},
		{"ferry-data", true},
		{"FERRY-Data/x", true},
		{"fe\u200drry-data/x", true},
		{"ferry-data2/x", false},
		{"a/ferry-data", false},
		{"a/ferry-data/timetable.csv", false},
		{"a/ferry-data/lock-screen.png", false},
		{"a/ferry-data/lock", true},
		{"a/ferry-data/lock-ABCDEFGHIJ23/x", true},
		{"a/b/Ferry-data/trash-0123456789abcdef0123456789abcdef/20240101-000000/f", true},
		{"a/ferry-data/trash/20240101-000000/f", true},
		{"a/ferry-data/probe-abcdefgh", true},
		{".ferryignore", false},
		{"a/ferry/b", false},
		{"a.ferry/x", false},
		{"..ferry", false},
		{"é/.ferry2", false},
	} {
		if got := c.path.HasOwn(); got != c.want {
			t.Errorf("%q: %v, want %v", c.path, got, c.want)
		}
	}
}

func TestSameName(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"ferry.yaml", "ferry.yaml", true},
		{"ferry.yaml", "FERRY.Yaml", true},
		{"ferry.yaml", "ferry.yml", false},
		{"ferry.yaml", "ferry.yaml ", false},
		{"été", "e\u0301te\u0301", true},
		{"ÉTÉ", "e\u0301te\u0301", true},
		{"state", "\ufb06ate", true},
		{"k", "\u212a", true},
		{"fer\u200cry.yaml", "ferry.yaml", true},
		{"été", "ete", false},
	} {
		if got := SameName(c.a, c.b); got != c.want {
			t.Errorf("SameName(%q, %q) = %v", c.a, c.b, got)
		}
		if got := SameName(c.b, c.a); got != c.want {
			t.Errorf("SameName(%q, %q) = %v", c.b, c.a, got)
		}
	}
}
