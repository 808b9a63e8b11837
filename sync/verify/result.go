package verify

import (
	"slices"

	"ferry/manifest"
	"ferry/sync"
)

// A Kind says how the two sides differ at a path.
type Kind string

// The kinds of differences.
const (
	OnlyLocal  Kind = "only local"
	OnlyRemote Kind = "only remote"
	Content    Kind = "content" // files with different contents
	Type       Kind = "type"    // a file on one side, a directory on the other
)

// A Difference is a path at which the two sides differ.
type Difference struct {
	Path          manifest.Path
	Kind          Kind
	Local, Remote manifest.Entry
}

// A Doubt is a part of a side that could not be compared.
type Doubt struct {
	Side sync.Side
	manifest.Problem
}

// A Result is what a comparison found.
type Result struct {
	// Same counts the files that are the same on both sides.
	Same int
	// Differences are in the order of paths.
	Differences []Difference
	// Doubts are what could not be compared.
	Doubts []Doubt
	// Skipped are links, special files and what filters leave out.
	Skipped []sync.Skip
	// BytesDown is how much was downloaded to be compared.
	BytesDown int64
	Seconds   float64
}

// InSync reports whether everything was compared and is the same.
func (r *Result) InSync() bool { return len(r.Differences)+len(r.Doubts) == 0 }

// Count returns the number of differences of one kind.
func (r *Result) Count(kind Kind) (n int) {
	for _, d := range r.Differences {
		if d.Kind == kind {
			n++
		}
	}
	return n
}

// take reads the plan of the dry run. Without a base, whatever it would transfer is on
// one side only, what it would adopt is equal, and what conflicts differs.
func (r *Result) take(plan *sync.Plan) {
	for _, a := range plan.Actions.All() {
		switch {
		case a.Op == sync.Adopt && a.Local.IsFile():
			r.Same++
		case a.Op == sync.Upload, (a.Op == sync.Mkdir || a.Op == sync.Link) && a.Side == sync.Remote:
			r.Differences = append(r.Differences, Difference{a.Path, OnlyLocal, a.Local, a.Remote})
		case a.Op == sync.Download, a.Op == sync.Mkdir, a.Op == sync.Link:
			r.Differences = append(r.Differences, Difference{a.Path, OnlyRemote, a.Local, a.Remote})
		}
	}
	for _, c := range plan.Conflicts {
		kind := Content
		if c.Local.Kind != c.Remote.Kind {
			kind = Type
		}
		r.Differences = append(r.Differences, Difference{c.Path, kind, c.Local, c.Remote})
	}
	r.Skipped = plan.Skips
	slices.SortFunc(r.Differences, func(a, b Difference) int { return a.Path.Compare(b.Path) })
}
