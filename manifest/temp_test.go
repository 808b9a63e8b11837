package manifest

import (
	"strings"
	"testing"
)

func TestTempName(t *testing.T) {
	const mark = "0123456789abcdef"
	for _, c := range []struct {
		name  string
		plain bool
		want  string
	}{
		{"index.html", false, ".ferry-" + mark + "-index.html.part"},
		{"index.html", true, "ferry-" + mark + "-index.html.part"},
		{"été (1)~.txt", false, ".ferry-" + mark + "-t1.txt.part"},
		{"*?[]", false, ".ferry-" + mark + "-.part"},
		{strings.Repeat("x", 255), false, ".ferry-" + mark + "-" + strings.Repeat("x", 80) + ".part"},
	} {
		got := TempName(mark, c.name, c.plain)
		if got != c.want {
			t.Errorf("TempName(%q) = %q, want %q", c.name, got, c.want)
		}
		if back, ok := TempMark(got); !ok || back != mark {
			t.Errorf("TempMark(%q) = %q, %v", got, back, ok)
		}
		if err := CheckName(got); err != nil {
			t.Error(err)
		}
	}
}

func TestTempMark(t *testing.T) {
	for _, name := range []string{
		"", "ferry", ".ferry", "ferry-", ".ferry-.part", "ferry-0123-x.part", "ferry-01234567.part",
		"ferry-0123456g-x.part", "ferry-01234567-x", "xferry-01234567-x.part", "..ferry-01234567-x.part",
		"ferry-01234567-x.part.txt", "ferry-" + strings.Repeat("0", 33) + "-x.part", "FERRY-01234567-x.part",
	} {
		if mark, ok := TempMark(name); ok {
			t.Errorf("TempMark(%q) = %q", name, mark)
		}
	}
}

func TestIsOwn(t *testing.T) {
	for _, c := range []struct {
		dir  Path
		name string
		want bool
	}{
		{Root, ".ferry", true},
		{Root, ".FERRY", true},
		{Root, ".fe\u200crry", true},
		{"a", ".ferry", false},
		{Root, ".ferryignore", false},
		{Root, "ferry.yaml", false},
		{"a/b", TempName("01234567", "x", false), true},
		{Root, TempName("01234567", "x", true), true},
		{Root, "x.part", false},
	} {
		if got := IsOwn(c.dir, c.name); got != c.want {
			t.Errorf("IsOwn(%q, %q) = %v", c.dir, c.name, got)
		}
	}
}

func FuzzTempName(f *testing.F) {
	f.Add("index.html", true)
	f.Add("\x00\xff/..", false)
	f.Fuzz(func(t *testing.T, name string, plain bool) {
		const mark = "0123456789abcdef0123456789abcdef"
		got := TempName(mark, name, plain)
		if back, ok := TempMark(got); !ok || back != mark || len(got) > 255 {
			t.Errorf("TempName(%q) = %q, whose mark is %q, %v", name, got, back, ok)
		}
		if err := CheckName(got); err != nil || strings.Contains(got, "~") {
			t.Errorf("TempName(%q) = %q: %v", name, got, err)
		}
	})
}
