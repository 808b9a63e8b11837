package manifesttest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
)

func TestMemory(t *testing.T) {
	m := make(Memory)
	file := manifest.Pair{Local: manifest.Entry{Kind: manifest.File, Size: 1}, Remote: manifest.Entry{Kind: manifest.File, Size: 1}, Sum: "s"}
	dir := manifest.Pair{Local: manifest.Entry{Kind: manifest.Dir}, Remote: manifest.Entry{Kind: manifest.Dir}}
	for p, pair := range map[manifest.Path]manifest.Pair{"a": dir, "a/b": file, "a-": file, "ab": file} {
		if err := m.Set(p, pair); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Forget("ab"); err != nil {
		t.Fatal(err)
	}
	if got, ok := m.At("a/b"); !ok || got != file || got.Kind() != manifest.File {
		t.Errorf("a/b is %v, %v", got, ok)
	}
	if _, ok := m.At("ab"); ok || m.Len() != 3 {
		t.Errorf("%d pairs after one was forgotten", m.Len())
	}
	for dir, want := range map[manifest.Path][]manifest.Path{manifest.Root: {"a", "a/b", "a-"}, "a": {"a/b"}, "x": nil} {
		var got []manifest.Path
		for p := range m.Below(dir) {
			got = append(got, p)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("below %q: %s", dir, diff)
		}
	}
	for p := range m.All() {
		if p != "a" {
			t.Errorf("went on to %q after a break", p)
		}
		break
	}
}

func TestMemoryRename(t *testing.T) {
	named := func(name string) manifest.Pair {
		return manifest.Pair{Local: manifest.Entry{Kind: manifest.Dir, Name: name}, Remote: manifest.Entry{Kind: manifest.Dir, Name: name}}
	}
	m := Memory{"a": named("A"), "a/b": named("B"), "a/b/c": named(""), "ab": named("")}
	if err := m.Rename("a", "z/y"); err != nil {
		t.Fatal(err)
	}
	want := Memory{"z/y": named(""), "z/y/b": named("B"), "z/y/b/c": named(""), "ab": named("")}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
}
