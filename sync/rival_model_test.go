package sync_test

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/sync"
)

// atRival lets the rival begin or end to replace a file. It begins only where this pass
// does not hold the lock, and does not make a whole replacement between two looks at the
// lock.
func (d *disturbance) atRival(op string) {
	switch {
	case d.other == nil || op == "lookup" || !d.random.chance(d.trouble.rival):
	case d.other.holds:
		d.other.end()
	case !d.sides[sync.Remote].Locked():
		tree := d.tree(sync.Remote)
		files := slices.DeleteFunc(slices.Sorted(maps.Keys(tree)), func(p string) bool {
			return tree[p] == "/" || manifest.IsOwn(manifest.Root, manifest.Path(p).Base())
		})
		if len(files) == 0 {
			return
		}
		p := files[d.random.below(len(files))]
		if d.taken == nil {
			d.taken = make(map[string]string)
		}
		d.taken[p] = tree[p]
		d.other.begin(p)
	}
}

// endRival ends what the rival does after the pass, and checks that no file went on this
// side because its name was free on the other for a moment. here is what this side had
// before the pass.
func (d *disturbance) endRival(t *rapid.T, here map[string]string) {
	if d.other == nil {
		return
	}
	if d.other.holds {
		d.other.end()
	}
	d.sides[sync.Remote].Rival = nil
	now := d.tree(sync.Local)
	for p, content := range d.taken {
		if here[p] == content && now[p] == "" {
			t.Fatalf("%s is gone, because a rival replaced it\n%s", p, d.tail())
		}
		d.changed[sync.Remote][p] = true
	}
}
