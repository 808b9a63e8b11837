package watcher

import (
	"slices"

	"ferry/manifest"
)

// A Batch says where to look.
type Batch struct {
	// Paths are sorted by [manifest.Path.Compare]. Each stands for itself and, if
	// it is or was a directory, for all that is below it; none lies below another.
	// Nothing says what happened, or that anything did.
	Paths []manifest.Path
	// Everything says that events were lost, or that too much changed to be
	// told one by one: look at the whole tree. Paths is then empty.
	Everything bool
}

const (
	// maxInDir is how many paths in one directory are told one by one.
	maxInDir = 128
	// maxPaths is how many paths make a batch.
	maxPaths = 4096
)

// collapse makes a batch of paths, which it may change. A directory takes the
// place of many paths in it where cheap(dir, n) says that looking at all below
// dir costs no more than n separate paths.
func collapse(paths []manifest.Path, cheap func(dir manifest.Path, n int) bool) Batch {
	paths = distinct(paths)
	for {
		crowded := crowdedDirs(paths, maxInDir, cheap)
		if len(crowded) == 0 {
			break
		}
		paths = distinct(append(paths, crowded...))
	}
	if len(paths) > maxPaths || slices.Contains(paths, manifest.Root) {
		return Batch{Everything: true}
	}
	return Batch{Paths: paths}
}

// distinct sorts paths and drops those that are at or below another one.
func distinct(paths []manifest.Path) []manifest.Path {
	slices.SortFunc(paths, manifest.Path.Compare)
	kept := paths[:0]
	for _, p := range paths {
		if len(kept) == 0 || !p.Within(kept[len(kept)-1]) {
			kept = append(kept, p)
		}
	}
	return kept
}

// crowdedDirs are the directories that hold more than most of paths.
func crowdedDirs(paths []manifest.Path, most int, cheap func(manifest.Path, int) bool) []manifest.Path {
	if len(paths) <= most {
		return nil
	}
	count := make(map[manifest.Path]int)
	for _, p := range paths {
		count[p.Parent()]++
	}
	var crowded []manifest.Path
	for dir, n := range count {
		if n > most && cheap(dir, n) {
			crowded = append(crowded, dir)
		}
	}
	return crowded
}
