package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestShape(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	s := shape{dirs: 45, files: 3, smallest: 10, largest: 20, seed: 1}
	if err := s.make(a); err != nil {
		t.Fatal(err)
	}
	if err := s.make(b); err != nil {
		t.Fatal(err)
	}
	if err := compareTrees(a, b); err != nil {
		t.Errorf("the same shape makes another tree: %v", err)
	}
	all, err := list(a)
	if err != nil {
		t.Fatal(err)
	}
	var dirs, files int
	for name, size := range all {
		switch {
		case size < 0:
			dirs++
		case size < 10 || size > 20:
			t.Errorf("%s has %d bytes", name, size)
		default:
			files++
		}
	}
	if dirs-1 != 45 || files != 135 {
		t.Errorf("%d directories and %d files", dirs-1, files)
	}
	other := t.TempDir()
	s.seed = 2
	if err := s.make(other); err != nil {
		t.Fatal(err)
	}
	if compareTrees(a, other) == nil {
		t.Error("another seed makes the same tree")
	}
}

// TestCompare checks that all differences are found, except in ferry's own directory at the root.
func TestCompare(t *testing.T) {
	write := func(dir, name, content string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		change func(b string)
		want   string // in the error, "" for none
	}{
		{"nothing", func(string) {}, ""},
		{"what ferry keeps", func(b string) { write(b, ".ferry/trash/x", "1") }, ""},
		{"content", func(b string) { write(b, "d/f", "xyz") }, "content"},
		{"size", func(b string) { write(b, "d/f", "abcd") }, "3 bytes, on the other side 4"},
		{"missing file", func(b string) { os.Remove(filepath.Join(b, "d/f")) }, "d/f is not"},
		{"leftover", func(b string) { write(b, "d/.ferry-12-f.part", "abc") }, "should not be there"},
		{"own directory elsewhere", func(b string) { write(b, "d/.ferry/x", "1") }, "should not be there"},
		{"missing empty directory", func(b string) { os.Remove(filepath.Join(b, "empty")) }, "empty is not"},
		{"directory for a file", func(b string) { os.Remove(filepath.Join(b, "d/f")); write(b, "d/f/x", "") }, "a directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := t.TempDir(), t.TempDir()
			for _, dir := range []string{a, b} {
				write(dir, "d/f", "abc")
				if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			c.change(b)
			err := compareTrees(a, b)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestMakeLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large")
	const size = 3<<20 + 5
	if err := makeLarge(path, size, 1); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != size {
		t.Errorf("%v, %v", info, err)
	}
}
