package watch

import (
	"slices"

	"ferry/manifest"
	"ferry/sync"
)

// A batch is what one pass was given from the queue.
type batch struct {
	everything bool
	tries      map[location]int // the locations, with how often each has failed
}

// scope returns the batch in the form that an engine takes.
func (b batch) scope() sync.Scope {
	var scope sync.Scope
	for at := range b.tries {
		if at.side == sync.Local {
			scope.Local = append(scope.Local, at.path)
		} else {
			scope.Remote = append(scope.Remote, at.path)
		}
	}
	scope.Local = manifest.Outermost(scope.Local)
	slices.SortFunc(scope.Remote, manifest.Path.Compare)
	return scope
}

// triesOf returns how often a location failed, by itself or as a part of a
// directory above it.
func (b batch) triesOf(at location) int {
	tries := b.tries[at]
	if at.side == sync.Local {
		for dir := range at.path.Ancestors {
			tries = max(tries, b.tries[location{sync.Local, dir}])
		}
	}
	return tries
}

// locations returns all locations of the batch.
func (b batch) locations() map[location]bool {
	all := make(map[location]bool, len(b.tries))
	for at := range b.tries {
		all[at] = true
	}
	return all
}
