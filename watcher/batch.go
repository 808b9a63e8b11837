package watcher

import (
	"slices"

	"ferry/manifest"
)

// A Batch says where to look for changes. It does not say what happened, or that
// anything did.
type Batch struct {
	// Paths are sorted by [manifest.Path.Compare]. Each stands for itself and, if
	// it is or was a directory, for everything below it; none is below another.
	Paths []manifest.Path
	// Everything says that events were lost, or that too many paths changed to list
	// them: scan the whole tree. Paths is then empty.
	Everything bool
}

const (
	// maxInDir is how many paths in one directory are reported one by one.
	maxInDir = 128
	// maxPaths is the largest number of paths in a batch.
	maxPaths = 4096
)

// collapse makes a batch of paths, which it may change. If many paths are in one
// directory, and isSmall(dir, n) says that a scan of everything below it costs no more
// than n separate paths, the directory takes their place.
func collapse(paths []manifest.Path, isSmall func(dir manifest.Path, n int) bool) Batch {
	paths = manifest.Outermost(paths)
	for {
		crowded := crowdedDirs(paths, maxInDir, isSmall)
		if len(crowded) == 0 {
			break
		}
		paths = manifest.Outermost(append(paths, crowded...))
	}
	if len(paths) > maxPaths || slices.Contains(paths, manifest.Root) {
		return Batch{Everything: true}
	}
	return Batch{Paths: paths}
}

// crowdedDirs returns the small directories that hold more than most of the paths.
func crowdedDirs(paths []manifest.Path, most int, isSmall func(manifest.Path, int) bool) []manifest.Path {
	if len(paths) <= most {
		return nil
	}
	count := make(map[manifest.Path]int)
	for _, p := range paths {
		count[p.Parent()]++
	}
	var crowded []manifest.Path
	for dir, n := range count {
		if n > most && isSmall(dir, n) {
			crowded = append(crowded, dir)
		}
	}
	return crowded
}
