package remote

import (
	"slices"
	"strings"
	stdsync "sync"

	"ferry/manifest"
	"ferry/sync/remote/list"
)

// dotNames are the directories in which the base has names with a leading dot.
type dotNames struct {
	once stdsync.Once
	dirs map[manifest.Path]bool
}

// hadDots returns a function that tells whether the base has a name with a leading dot in
// f. The base is read when it is first called.
func (w *walk) hadDots(f *list.Folder) func() bool {
	return func() bool {
		w.dots.once.Do(w.collectDots)
		return w.dots.dirs[f.Path]
	}
}

func (w *walk) collectDots() {
	if w.look.PastPaths == nil {
		return
	}
	w.dots.dirs = make(map[manifest.Path]bool)
	for p := range w.look.PastPaths() {
		if strings.HasPrefix(p.Base(), ".") {
			w.dots.dirs[p.Parent()] = true
		}
	}
}

// asksForDots reports whether a name with a leading dot is asked for in dir: a listing without
// such names must not be the answer as long as the server may leave them out.
func asksForDots(places []place, dir string) bool {
	return slices.ContainsFunc(places, func(at place) bool { return at.Dir == dir && strings.HasPrefix(at.Name, ".") })
}
