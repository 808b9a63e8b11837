package watcher

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
)

func files(dir string, n int) (paths []manifest.Path) {
	for i := range n {
		paths = append(paths, manifest.Path(dir).Join(fmt.Sprintf("f%05d", i)))
	}
	return paths
}

func TestCollapse(t *testing.T) {
	for _, c := range []struct {
		name  string
		paths []manifest.Path
		big   manifest.Path // a directory that is expensive to scan as a whole
		want  Batch
	}{
		{"none", nil, "", Batch{}},
		{"sorted", []manifest.Path{"b", "a/b", "a b"}, "", Batch{Paths: []manifest.Path{"a/b", "a b", "b"}}},
		{"below another", []manifest.Path{"a/b/c", "a", "ab", "a/b"}, "", Batch{Paths: []manifest.Path{"a", "ab"}}},
		{"the root is everything", []manifest.Path{"a", ""}, "", Batch{Everything: true}},
		{"as many as are reported one by one", files("d", 128), "", Batch{Paths: files("d", 128)}},
		{"one more", append(files("d", 129), "e/x"), "", Batch{Paths: []manifest.Path{"d", "e/x"}}},
		{"one more, in the root", files("", 129), "", Batch{Everything: true}},
		{"one more, in a large directory", files("d", 129), "d", Batch{Paths: files("d", 129)}},
		{"several levels", nested(), "", Batch{Paths: []manifest.Path{"d"}}},
		{"too many", scattered(4097), "", Batch{Everything: true}},
		{"as many as fit", scattered(4096), "", Batch{Paths: manifest.Outermost(scattered(4096))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := collapse(c.paths, func(dir manifest.Path, n int) bool {
				return c.big == "" || dir != c.big
			})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// nested are 200 directories of 200 files each.
func nested() (paths []manifest.Path) {
	for i := range 200 {
		paths = append(paths, files(fmt.Sprintf("d/%d", i), 200)...)
	}
	return paths
}

func scattered(n int) (paths []manifest.Path) {
	for i := range n {
		paths = append(paths, manifest.Path(fmt.Sprintf("%d/%d/x", i/100, i)))
	}
	return paths
}
