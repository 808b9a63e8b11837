package app

import (
	"testing"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/trashbin"
)

// TestRestoreDecisions decides about things in the trash by what is in their place. The
// things of a case are decided one after the other.
func TestRestoreDecisions(t *testing.T) {
	tree := new(manifest.Tree)
	for path, kind := range map[manifest.Path]manifest.Kind{
		"file": manifest.File, "dir": manifest.Dir, "dir/file": manifest.File, "link": manifest.Other,
	} {
		tree.Put(path, manifest.Entry{Kind: kind})
	}
	file, dir := manifest.File, manifest.Dir
	type thing struct {
		path manifest.Path
		kind manifest.Kind
		// what is decided without and with --over: "", "no", "there", or the path that goes
		// to the trash
		plain, over string
	}
	for _, c := range [][]thing{
		{{"new", file, "", ""}},
		{{"new/deep/file", file, "", ""}},
		{{"file", file, "no", "file"}},
		{{"dir/file", file, "no", "dir/file"}},
		{{"dir/new", file, "", ""}},
		{{"dir", file, "no", "no"}},
		{{"dir", dir, "no", "there"}},
		{{"file", dir, "no", "file"}},
		{{"link", file, "no", "no"}},
		{{"file/below", file, "no", "file"}},
		{{"file/below/deep", dir, "no", "file"}},
		{{"link/below", file, "no", "no"}},
		{{"../x", file, "no", "no"}, {".ferry/x", file, "no", "no"}, {"", file, "no", "no"}},
		{{"twice", file, "", ""}, {"twice", file, "no", "no"}},
		{{"x/y", file, "", ""}, {"x", file, "no", "no"}},
		{{"x", file, "", ""}, {"x/y", file, "no", "no"}},
		{{"file", file, "no", "file"}, {"file/below", file, "no", "no"}},
	} {
		for _, over := range []bool{false, true} {
			d := restoreDecision{tree: tree, over: over, now: make(map[manifest.Path]manifest.Kind)}
			for _, one := range c {
				r := d.decide(Trashed{sync.Local, trashbin.Trashed{Path: one.path, Entry: manifest.Entry{Kind: one.kind}}})
				got, want := string(r.Aside), one.plain
				if over {
					want = one.over
				}
				switch {
				case r.Err != nil:
					got = "no"
				case r.there:
					got = "there"
				}
				if got != want {
					t.Errorf("%s as a %s, over %v: %q (%v), want %q", one.path, one.kind, over, got, r.Err, want)
				}
			}
		}
	}
}
