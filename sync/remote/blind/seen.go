package blind

import (
	"iter"

	"ferry/manifest"
	"ferry/sync"
)

// SeenOnly returns the base for a pass that looks at the server: without what blind passes
// have only sent. To such a pass those names are new on both sides, so it compares their
// contents, and neither deletes nor overwrites them.
func SeenOnly(r sync.Recorder) sync.Recorder { return seenRecord{r} }

// seen reports whether both sides of a pair were seen when it was recorded.
func seen(p manifest.Pair) bool { return p.Remote.Exists() }

type seenRecord struct{ sync.Recorder }

// At implements [manifest.Base].
func (r seenRecord) At(p manifest.Path) (manifest.Pair, bool) {
	pair, ok := r.Recorder.At(p)
	if !ok || !seen(pair) {
		return manifest.Pair{}, false
	}
	return pair, true
}

// All implements [manifest.Base].
func (r seenRecord) All() iter.Seq2[manifest.Path, manifest.Pair] { return onlySeen(r.Recorder.All()) }

// Below implements [manifest.Base].
func (r seenRecord) Below(dir manifest.Path) iter.Seq2[manifest.Path, manifest.Pair] {
	return onlySeen(r.Recorder.Below(dir))
}

// Children implements [manifest.Base].
func (r seenRecord) Children(dir manifest.Path) iter.Seq2[manifest.Path, manifest.Pair] {
	return onlySeen(r.Recorder.Children(dir))
}

// Len implements [manifest.Base].
func (r seenRecord) Len() (n int) {
	for range r.All() {
		n++
	}
	return n
}

// Files implements [manifest.Base].
func (r seenRecord) Files() (n int) {
	for _, pair := range r.All() {
		if pair.Kind() == manifest.File {
			n++
		}
	}
	return n
}

func onlySeen(pairs iter.Seq2[manifest.Path, manifest.Pair]) iter.Seq2[manifest.Path, manifest.Pair] {
	return func(yield func(manifest.Path, manifest.Pair) bool) {
		for p, pair := range pairs {
			if seen(pair) && !yield(p, pair) {
				return
			}
		}
	}
}
