package links

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"ferry/manifest"
)

// A Try is a link that a side was asked to make. A side may refuse it until there is
// something to which it leads.
type Try struct {
	Remote bool          `json:"remote"` // the side
	Path   manifest.Path `json:"path"`
	Target string        `json:"target"`
	Leads  bool          `json:"leads"` // it leads to something on this side
}

// A Refusal says why a link was not made, and when.
type Refusal struct {
	Try
	Why string    `json:"why"`
	At  time.Time `json:"at"`
}

// askAgainAfter is how long a refusal counts. What a server refuses today it may allow when
// its administrator was asked.
const askAgainAfter = 7 * 24 * time.Hour

// Refusals are the links that the sides of a pair would not make. They belong to one pair,
// whose passes use them one after the other.
type Refusals struct {
	// Save is called with all refusals, in their order, when there are others than before.
	// It may be nil.
	Save func([]Refusal) error

	made    map[Try]Refusal
	unsaved bool
}

// NewRefusals returns the refusals that were saved earlier.
func NewRefusals(saved []Refusal) *Refusals {
	r := &Refusals{made: make(map[Try]Refusal)}
	for _, one := range saved {
		r.made[one.Try] = one
	}
	return r
}

// Add notes a refusal.
func (r *Refusals) Add(one Refusal) { r.made[one.Try], r.unsaved = one, true }

// Why returns why a link was refused, "" where it was not, or so long ago that the side is
// to be asked again. A time that is to come is that of a clock which was wrong.
func (r *Refusals) Why(t Try, now time.Time) string {
	one, refused := r.made[t]
	if !refused || !one.counts(now) {
		return ""
	}
	return one.Why
}

func (r Refusal) counts(now time.Time) bool {
	age := now.Sub(r.At)
	return age < askAgainAfter && age > -askAgainAfter
}

// Keep saves what was added since it was called last, and forgets what does not count any
// more.
func (r *Refusals) Keep(now time.Time) error {
	if !r.unsaved {
		return nil
	}
	r.unsaved = false
	maps.DeleteFunc(r.made, func(_ Try, one Refusal) bool { return !one.counts(now) })
	if r.Save == nil {
		return nil
	}
	all := slices.SortedFunc(maps.Values(r.made), func(a, b Refusal) int {
		return cmp.Or(a.Path.Compare(b.Path), a.At.Compare(b.At), cmp.Compare(a.Target, b.Target))
	})
	return r.Save(all)
}
