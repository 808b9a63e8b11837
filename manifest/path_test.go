package manifest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckName(t *testing.T) {
	for _, name := range []string{"a", "a b", "...", ".a", "a.", "-", "~", `a\b`, "é", "\x01", "a\xfeb", "*", strings.Repeat("x", 300)} {
		if err := CheckName(name); err != nil {
			t.Errorf("CheckName(%q): %v", name, err)
		}
	}
	for _, name := range []string{"", ".", "..", "/", "a/b", "a\x00", "a\rb", "a\n", "\xff", "a\xff"} {
		if err := CheckName(name); !errors.Is(err, ErrName) {
			t.Errorf("CheckName(%q) = %v, want ErrName", name, err)
		}
	}
}

func TestParsePath(t *testing.T) {
	good := map[string]Path{
		"":               Root,
		"a":              "a",
		"a/b/c":          "a/b/c",
		"cafe\u0301/x":   "caf\u00e9/x",
		"x/cafe\u0301":   "x/caf\u00e9",
		".a/..b/c..":     ".a/..b/c..",
		"not\xc3utf8":    "not\xc3utf8",
		" a / b ":        " a / b ",
		"\u0301a/\u0301": "\u0301a/\u0301",
	}
	for s, want := range good {
		if got, err := ParsePath(s); err != nil || got != want {
			t.Errorf("ParsePath(%q) = %q, %v, want %q", s, got, err, want)
		}
	}
	for _, s := range []string{"/", "/a", "a/", "a//b", "a/./b", "..", "../a", "a/..", "a/b\n", "a\x00/b", "\xff"} {
		if got, err := ParsePath(s); !errors.Is(err, ErrName) || got != Root {
			t.Errorf("ParsePath(%q) = %q, %v, want ErrName", s, got, err)
		}
	}
}

func TestPathDepth(t *testing.T) {
	deepest := strings.Repeat("a/", maxDepth-1) + "a"
	p, err := ParsePath(deepest)
	if err != nil {
		t.Fatalf("%d levels: %v", maxDepth, err)
	}
	if _, err := ParsePath(deepest + "/a"); !errors.Is(err, ErrName) {
		t.Errorf("%d levels: %v", maxDepth+1, err)
	}
	if _, err := p.Child("a"); !errors.Is(err, ErrName) {
		t.Errorf("child below %d levels: %v", maxDepth, err)
	}
	if _, err := p.Parent().Child("a"); err != nil {
		t.Errorf("child on level %d: %v", maxDepth, err)
	}
}

func TestPathChild(t *testing.T) {
	for _, c := range []struct {
		dir  Path
		name string
		want Path
	}{{Root, "a", "a"}, {"a", "b", "a/b"}, {"a/b", "cafe\u0301", "a/b/caf\u00e9"}} {
		if got, err := c.dir.Child(c.name); err != nil || got != c.want {
			t.Errorf("%q.Child(%q) = %q, %v, want %q", c.dir, c.name, got, err, c.want)
		}
	}
	for _, name := range []string{"", "..", "a/b", "a\r"} {
		if _, err := Path("a").Child(name); !errors.Is(err, ErrName) {
			t.Errorf("Child(%q): %v, want ErrName", name, err)
		}
	}
}

func TestPathParts(t *testing.T) {
	for _, c := range []struct{ path, parent, base Path }{
		{Root, Root, ""},
		{"a", Root, "a"},
		{"a/b", "a", "b"},
		{"a/b/c.d", "a/b", "c.d"},
	} {
		if got := c.path.Parent(); got != c.parent {
			t.Errorf("%q.Parent() = %q, want %q", c.path, got, c.parent)
		}
		if got := c.path.Base(); got != string(c.base) {
			t.Errorf("%q.Base() = %q, want %q", c.path, got, c.base)
		}
		if got := c.parent.Join(string(c.base)); got != c.path {
			t.Errorf("%q.Join(%q) = %q, want %q", c.parent, c.base, got, c.path)
		}
	}
}

func TestPathWithin(t *testing.T) {
	for _, c := range []struct {
		path, dir     Path
		within, below bool
	}{
		{Root, Root, true, false},
		{"a", Root, true, true},
		{Root, "a", false, false},
		{"a", "a", true, false},
		{"a/b", "a", true, true},
		{"a/b/c", "a", true, true},
		{"ab", "a", false, false},
		{"a-b/c", "a", false, false},
		{"a", "a/b", false, false},
		{"b/a", "a", false, false},
	} {
		if got := c.path.Within(c.dir); got != c.within {
			t.Errorf("%q.Within(%q) = %v", c.path, c.dir, got)
		}
		if got := c.path.Below(c.dir); got != c.below {
			t.Errorf("%q.Below(%q) = %v", c.path, c.dir, got)
		}
	}
}

func TestPathRebase(t *testing.T) {
	for _, c := range []struct{ path, from, to, want Path }{
		{"a", "a", "b", "b"},
		{"a/x", "a", "b", "b/x"},
		{"a/x", "a", "b/c", "b/c/x"},
		{"a/b/x", "a/b", Root, "x"},
		{"x", Root, "a", "a/x"},
		{"a", "a", Root, Root},
	} {
		if got := c.path.Rebase(c.from, c.to); got != c.want {
			t.Errorf("%q.Rebase(%q, %q) = %q, want %q", c.path, c.from, c.to, got, c.want)
		}
	}
}

func TestPathAncestors(t *testing.T) {
	if diff := cmp.Diff([]Path{"a/b", "a", Root}, slices.Collect(Path("a/b/c").Ancestors)); diff != "" {
		t.Error(diff)
	}
	for p := range Root.Ancestors {
		t.Errorf("the root has %q above it", p)
	}
	for p := range Path("a/b/c").Ancestors {
		if p != "a/b" {
			t.Errorf("went on to %q after a break", p)
		}
		break
	}
}

// TestPathOrder: what is in a directory stands right behind it, before names
// that only start with the same letters, some of which sort before a slash.
func TestPathOrder(t *testing.T) {
	sorted := []Path{Root, "a", "a/b", "a/b/c", "a/b-", "a/c", "a ", "a!", "a-b", "a-b/c", "a.b", "a0", "aa", "b", "é"}
	for i, p := range sorted {
		for j, q := range sorted {
			if got, want := p.Compare(q), i-j; sign(got) != sign(want) {
				t.Errorf("%q.Compare(%q) = %d", p, q, got)
			}
		}
	}
}

func sign(n int) int { return max(-1, min(1, n)) }

func FuzzParsePath(f *testing.F) {
	for _, s := range []string{"", "a/b", "../x", "cafe\u0301", "a\xffb", "a\r\n", "/", "\u1100\u1161/\u11a8", strings.Repeat("\u0301", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePath(s)
		if err != nil {
			if !errors.Is(err, ErrName) || p != Root {
				t.Fatalf("ParsePath(%q) = %q, %v", s, p, err)
			}
			return
		}
		if again, err := ParsePath(string(p)); err != nil || again != p {
			t.Errorf("ParsePath(%q) = %q, read again %q, %v", s, p, again, err)
		}
		if p == Root {
			return
		}
		if q, err := p.Parent().Child(p.Base()); err != nil || q != p {
			t.Errorf("%q has parent %q and base %q, together %q, %v", p, p.Parent(), p.Base(), q, err)
		}
		if !p.Below(p.Parent()) || p.Parent().Compare(p) >= 0 {
			t.Errorf("%q does not stand behind and below %q", p, p.Parent())
		}
		var dir Path
		for name := range strings.SplitSeq(s, "/") {
			if dir, err = dir.Child(name); err != nil {
				t.Fatalf("%q as a child: %v", name, err)
			}
		}
		if dir != p {
			t.Errorf("%q name by name is %q, as a whole %q", s, dir, p)
		}
	})
}
