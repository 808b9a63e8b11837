package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocuments holds that every page can be made of docs/ as it is, and that mandoc and groff take it without a word where
// they are there.
func TestDocuments(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(filepath.Join("..", ".."))
	if err := run([]string{"2026-01-02T03:04:05Z", dir}); err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.[57]"))
	if err != nil || len(pages) != len(documents) {
		t.Fatalf("%q, %v", pages, err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil || !strings.Contains(string(text), " 2026-01-02\n.SH NAME\n") {
			t.Errorf("%s: %v\n%.100s", page, err, text)
		}
	}
	for tool, args := range map[string][]string{
		"mandoc": {"-Tlint", "-Wstyle"},
		"groff":  {"-man", "-Tutf8", "-ww", "-z"},
	} {
		if _, err := exec.LookPath(tool); err != nil {
			continue
		}
		if out, err := exec.Command(tool, append(args, pages...)...).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", tool, err, out)
		}
	}
}

// TestArguments holds what run is not content with.
func TestArguments(t *testing.T) {
	for _, args := range [][]string{nil, {"2026-01-02"}, {"today", "x"}, {"2026-01-02", "x", "y"}} {
		if err := run(args); err == nil || !strings.HasPrefix(err.Error(), "usage:") {
			t.Errorf("%q: %v", args, err)
		}
	}
}
