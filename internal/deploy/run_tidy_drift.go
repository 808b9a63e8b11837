package deploy

import (
	"context"
	"errors"
	"time"

	"ferry/manifest"
)

// A keptDrift is what stays of the versions that one release has saved.
type keptDrift struct {
	all   bool
	names map[string]bool // below the work directory
}

// A driftTrimmer decides which saved versions stay. It is asked about one release after another,
// the latest first.
type driftTrimmer struct {
	*run
	next   *Release
	unread []int                  // releases that keep something, the latest first
	later  map[manifest.Path]bool // those that were read have saved a version of them
}

// keeps returns what stays of the versions that release n has saved. What is young stays whole,
// and so does what cannot be read.
func (d *driftTrimmer) keeps(ctx context.Context, n int) (keptDrift, error) {
	rec := d.record(n)
	switch {
	case rec != nil && rec.Drift == 0:
		return keptDrift{}, nil
	case rec != nil && d.isYoung(rec.Time):
		return keptDrift{all: true}, nil
	}
	release, err := d.readKept(ctx, n, "release") // its time may not be in the history
	switch {
	case errors.Is(err, ErrNotKept):
		return keptDrift{}, nil
	case err != nil:
		return keptDrift{all: true}, ctx.Err()
	case d.isYoung(release.Time):
		return keptDrift{all: true}, nil
	}
	for len(d.unread) > 0 && d.unread[0] > n {
		if err := d.read(ctx, d.unread[0]); err != nil {
			return keptDrift{}, err
		}
		d.unread = d.unread[1:]
	}
	names := make(map[string]bool)
	saved, err := d.savedBy(ctx, release)
	for _, s := range saved {
		if !d.later[s.Path] {
			names[s.At.Path] = true
		}
	}
	return keptDrift{names: names}, err
}

// read notes which paths release n has saved. What cannot be read has saved nothing, so that
// more stays.
func (d *driftTrimmer) read(ctx context.Context, n int) error {
	if rec := d.record(n); rec != nil && rec.Drift == 0 {
		return nil
	}
	release, err := d.readKept(ctx, n, "release")
	if err != nil {
		return ctx.Err()
	}
	saved, err := d.savedBy(ctx, release)
	for _, s := range saved {
		if !s.unsure {
			d.later[s.Path] = true
		}
	}
	return err
}

// record returns what the history says of release n, or nil.
func (d *driftTrimmer) record(n int) *Record {
	if n == d.next.Number {
		rec := d.next.Record()
		return &rec
	}
	for i := range d.next.History {
		if d.next.History[i].Number == n {
			return &d.next.History[i]
		}
	}
	return nil
}

// isYoung reports whether what a release of that time saved is kept as a whole.
func (d *driftTrimmer) isYoung(made time.Time) bool {
	return d.Policy.DriftKeep == 0 || d.Now().Sub(made) < d.Policy.DriftKeep
}
