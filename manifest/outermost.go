package manifest

import "slices"

// Outermost sorts paths in place by [Path.Compare], drops each one that is equal to
// another or lies below it, and returns the rest.
func Outermost(paths []Path) []Path {
	slices.SortFunc(paths, Path.Compare)
	kept := paths[:0]
	for _, p := range paths {
		if len(kept) == 0 || !p.Within(kept[len(kept)-1]) {
			kept = append(kept, p)
		}
	}
	return kept
}
