package order

import (
	"cmp"
	"slices"

	"ferry/internal/deploy/release"
	"ferry/manifest"
	"ferry/sync/namecase"
)

// A rank is when a kind of change comes, whatever its class: no page that is live asks for
// a new file, and only old pages ask for a deleted one.
func rank(c *release.Change) int {
	switch {
	case c.Kind == release.Put && !c.Was.Exists():
		return 0
	case c.Kind == release.Remove:
		return 2
	}
	return 1
}

// Arrange sorts changes into the order of the commit and numbers their classes from 0. New
// files come first, deletions last. What stands in the way of a file comes right before it,
// in the same class.
func Arrange(changes []release.Change, class func(manifest.Path) int, folding namecase.Folding) {
	type key struct{ rank, class, after int } // after: 0 what is in the way, 1 directories of that, 2 files
	keys := make(map[manifest.Path]key, len(changes))
	removes := map[manifest.Path]key{}
	puts := map[string]key{} // by the folded path, and by those of all directories above it
	least := func(name string, k key) {
		if old, ok := puts[name]; !ok || compareKeys(k.rank, old.rank, k.class, old.class) < 0 {
			puts[name] = k
		}
	}
	for i := range changes {
		c := &changes[i]
		k := key{rank: rank(c), after: 2}
		if c.Kind == release.Remove {
			continue
		}
		k.class = class(c.Path)
		keys[c.Path] = k
		if c.Kind == release.Put {
			least(folding.Key(string(c.Path)), k)
			for dir := range c.Path.Ancestors {
				least(folding.Key(string(dir))+"/", k)
			}
		}
	}
	for i := range changes {
		c := &changes[i]
		if c.Kind != release.Remove {
			continue
		}
		k := key{rank: 2}
		block := func(name string) {
			if b, ok := puts[name]; ok && compareKeys(b.rank, k.rank, b.class, k.class) < 0 {
				k = key{rank: b.rank, class: b.class}
			}
		}
		block(folding.Key(string(c.Path)))
		block(folding.Key(string(c.Path)) + "/")
		for dir := range c.Path.Ancestors {
			if dir != manifest.Root {
				block(folding.Key(string(dir)))
			}
		}
		removes[c.Path] = k
	}
	at := func(c *release.Change) key {
		if c.Kind != release.Remove {
			return keys[c.Path]
		}
		k := removes[c.Path]
		if c.Was.IsDir() {
			k.after = 1
		}
		return k
	}
	slices.SortFunc(changes, func(a, b release.Change) int {
		k, l := at(&a), at(&b)
		order := a.Path.Compare(b.Path)
		if k.after == 1 {
			order = -order // the deepest directory first
		}
		return cmp.Or(compareKeys(k.rank, l.rank, k.class, l.class), k.after-l.after, order)
	})
	n := -1
	for i := range changes {
		k := at(&changes[i])
		if i == 0 {
			n = 0
		} else if l := at(&changes[i-1]); k.rank != l.rank || k.class != l.class {
			n++
		}
		changes[i].Class = n
	}
}

func compareKeys(rank1, rank2, class1, class2 int) int {
	return cmp.Or(cmp.Compare(rank1, rank2), cmp.Compare(class1, class2))
}
