package manifest

import "iter"

// A Pair is what both sides had at a path when they last agreed: each side's entry
// as that side showed it, and the SHA-256 of the content, which is the same on
// both, or "" if it is not known.
type Pair struct {
	Local, Remote Entry
	Sum           string
}

// Kind returns what both sides had at the path.
func (p Pair) Kind() Kind { return p.Local.Kind }

// Base is what both sides last agreed on. Reading from several goroutines is
// safe. [Store] keeps one on disk.
type Base interface {
	// At returns the pair at p.
	At(p Path) (Pair, bool)
	// All yields the pairs in the order of [Path.Compare].
	All() iter.Seq2[Path, Pair]
	// Below yields the pairs below dir in the order of [Path.Compare].
	Below(dir Path) iter.Seq2[Path, Pair]
	// Children yields the pairs directly in dir in the order of [Path.Compare]. It
	// does not read what is below them.
	Children(dir Path) iter.Seq2[Path, Pair]
	// Len returns the number of pairs.
	Len() int
	// Files returns the number of pairs that are files.
	Files() int
}
