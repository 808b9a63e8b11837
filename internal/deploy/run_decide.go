package deploy

import (
	"cmp"
	"context"
	"maps"
	"time"

	"ferry/manifest"
	"ferry/sync/namecase"
)

// mostLooks is how often [Touched] may ask for more directories: as deep as a tree can be.
const mostLooks = 200

// decide looks at the site where that is needed, and makes the plan.
func (r *run) decide(ctx context.Context) (*Plan, error) {
	site := Site{State: r.state, Lists: make(map[manifest.Path]*DirList)}
	var err error
	if r.state == nil {
		if site.Lists, err = r.Server.ListAll(ctx, r.Policy.Skip); err != nil {
			return nil, err
		}
	}
	for range mostLooks {
		dirs := Touched(site, r.local, r.Policy, r.Now())
		if len(dirs) == 0 {
			break
		}
		lists, err := r.Server.List(ctx, dirs)
		if err != nil {
			return nil, err
		}
		maps.Copy(site.Lists, lists)
	}
	root := site.Lists[manifest.Root]
	r.rootMissing = root != nil && root.Missing
	if site.Same, err = r.compare(ctx, site); err != nil {
		return nil, err
	}
	if len(CaseTwins(site, r.local)) > 0 && !r.DryRun {
		if site.Folding, err = r.folding(ctx); err != nil {
			return nil, err
		}
	}
	plan, err := Decide(site, r.local, r.Policy, r.Now())
	if err != nil {
		return nil, err
	}
	r.name(&plan.Release)
	if r.look != nil {
		err = r.look(ctx, plan, site)
	}
	return plan, err
}

// folding finds out whether the server takes names that differ only in case for one: the lock
// is there, in lower case.
func (r *run) folding(ctx context.Context) (namecase.Folding, error) {
	looks, err := r.Server.Look(ctx, []Place{Work("lock"), Work("LOCK")}, false)
	switch {
	case err != nil || !looks[0].Entry.Exists() || looks[1].Err != nil:
		return namecase.NotAsked, err
	case looks[1].Entry.Exists():
		return namecase.FoldsCase, nil
	}
	return namecase.TellsCaseApart, nil
}

// name fills in what a release says of itself.
func (r *run) name(next *Release) {
	next.ID, next.Time, next.By = newID(), r.Now().UTC().Truncate(time.Second), r.By
	next.Revision, next.Sequence, next.Source = r.Revision, r.Sequence, r.From
	next.Number = max(next.Number, r.leastNumber)
	if r.state != nil {
		next.Source, next.Sequence = cmp.Or(r.From, r.state.Source), cmp.Or(r.Sequence, r.state.Sequence)
	}
}
