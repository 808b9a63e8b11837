package deploy

import (
	"context"
	"fmt"

	"ferry/manifest"
)

// lookAgain looks at everything that the commit is going to touch, and at the lock, in one
// batch. It returns a path that is not as planned, or "".
func (r *run) lookAgain(ctx context.Context) (changed manifest.Path, err error) {
	changes := r.plan.Release.Changes
	places := make([]Place, len(changes), len(changes)+1)
	for i, c := range changes {
		places[i] = Live(c.Path, c.Was)
	}
	file := r.plan.Release.Maintenance
	if file.Path != "" {
		places = append(places, placeOf(file))
	}
	before := len(places)
	for _, f := range r.unseen {
		places = append(places, Work(f.name))
	}
	looks, err := r.Server.Look(ctx, places, !r.DryRun) // a dry run has taken no lock
	if err != nil {
		return "", err
	}
	if again := r.notWhole(looks[before:]); len(again) > 0 {
		if err := r.store(ctx, again...); err != nil {
			return "", err
		}
		return r.lookAgain(ctx)
	}
	way := removals(changes)
	if file.Path != "" {
		r.inPlaceOfMaintenance = looks[len(changes)]
	}
	for i, c := range changes {
		switch now := looks[i]; {
		case now.Err != nil:
			return "", fmt.Errorf("looking at %q before the commit: %w", c.Path, now.Err)
		case asPlanned(&c, now.Entry, way):
		default:
			return c.Path, nil
		}
	}
	return "", nil
}

// asPlanned reports whether a change meets what it was planned for, or another change makes way.
func asPlanned(c *Change, now manifest.Entry, way wayMaker) bool {
	return manifest.Unchanged(c.Was, now) || c.Kind == Put && !c.Was.Exists() && way.makes(c.Path, now)
}

// notWhole returns those of the files that were not looked at which the server does not show whole.
func (r *run) notWhole(looks []Look) (again []workContent) {
	for i, f := range r.unseen {
		if l := looks[i]; l.Err != nil || !l.Entry.IsFile() || l.Entry.Size != int64(len(f.content)) {
			again = append(again, f)
		}
	}
	r.unseen = nil
	return again
}

// A wayMaker has the changes that remove something, by the path without its case. A file of
// the release may take the place of what they remove.
type wayMaker map[string]*Change

func removals(changes []Change) wayMaker {
	way := wayMaker{}
	for i := range changes {
		if c := &changes[i]; c.Kind == Remove {
			way[manifest.Fold(string(c.Path))] = c
		}
	}
	return way
}

// makes reports whether what stands at p is removed before a file is put there: under this very
// path, or under the name in another case where the server takes both for one.
func (way wayMaker) makes(p manifest.Path, there manifest.Entry) bool {
	c := way[manifest.Fold(string(p))]
	return c != nil && manifest.Unchanged(c.Was, there)
}
