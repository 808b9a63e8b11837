package sync_test

import (
	"slices"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

// A file that one side's listing leaves out is not deleted on the other one because its
// directory is renamed there: the side is asked for it where it is now, below the old name.
func TestNameLeftOutBelowRenamedDirectory(t *testing.T) {
	for _, renamed := range bothSides {
		w := newWorld(t)
		w.write(renamed, "old/x", "one")
		w.write(renamed, "old/y", "two")
		w.write(renamed, "old/z", "three")
		w.sync()
		w.sides[renamed].Rename("old", "new")
		w.sides[renamed.Other()].AlterListing = func(_ manifest.Path, names []string) []string {
			return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == "x" })
		}
		if sum, err := w.pass(); err != nil || sum.DeletedLocal+sum.DeletedRemote > 0 || sum.Problems == 0 || w.tree(renamed)["new/x"] != "one" {
			t.Errorf("%+v, %v, %v\n%s", sum, err, w.tree(renamed), w.tail())
		}
		w.sides[renamed.Other()].AlterListing = nil
		w.sync()
		for path, content := range map[string]string{"new/x": "one", "new/y": "two", "new/z": "three"} {
			if w.tree(sync.Local)[path] != content || w.tree(sync.Remote)[path] != content {
				t.Errorf("%s: %v, %v\n%s", path, w.tree(sync.Local), w.tree(sync.Remote), w.tail())
			}
		}
	}
}
