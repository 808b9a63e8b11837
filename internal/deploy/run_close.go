package deploy

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"ferry/internal/deploy/release"
	"ferry/manifest"
)

// close makes the plan the state, and clears the stage away. Changes that failed are taken
// out of the release before. With unlock the lock goes in the same write.
func (r *run) close(ctx context.Context, next *Release, failed map[manifest.Path]error, unlock bool) error {
	from := commitName
	if len(failed) > 0 {
		away, err := r.putBack(ctx, next, failed)
		if err != nil {
			return err
		}
		withdraw(next, failed, away, r.state)
		content, err := release.Encode(next, r.Key)
		if err != nil {
			return err
		}
		files := []workContent{{planName, content}}
		if r.keeps(next) {
			files = append(files, workContent{releaseName, content})
		}
		if err := r.store(ctx, files...); err != nil {
			return err
		}
		from = planName
	}
	ending, err := r.endMaintenance(ctx, next)
	if err != nil {
		return err
	}
	chain := append(ending, Step{Op: Rename, From: Work(stateName), To: Work(oldStateName)}, Step{Op: Rename, From: Work(from), To: Work(stateName)})
	if from == planName {
		chain = append(chain, Step{Op: Delete, From: Work(commitName)})
	}
	chain = append(chain, r.tidyStage(next)...)
	if unlock {
		chain = append(chain, Step{Op: Unlock})
	}
	errs, err := r.Server.Apply(ctx, [][]Chain{{chain}})
	if err != nil {
		return err
	}
	r.maintenanceEnded(ending, errs[0][0])
	if err := errs[0][0][len(ending)+1]; err != nil {
		return fmt.Errorf("release %d is live, and its state could not be put in place: %w", next.Number, err)
	}
	r.result.Committed, r.result.Release = true, next.Number
	r.Observer(WentLive{next})
	return nil
}

// putBack brings the versions back that went aside for changes which could not be made then. It
// returns the paths of those that stay away.
func (r *run) putBack(ctx context.Context, next *Release, failed map[manifest.Path]error) (away map[manifest.Path]bool, err error) {
	var aside []*Change
	var places []Place
	for i := range next.Changes {
		if c := &next.Changes[i]; failed[c.Path] != nil && c.Aside != "" {
			aside, places = append(aside, c), append(places, Work(c.Aside), Live(c.Path, c.Was))
		}
	}
	if len(aside) == 0 {
		return nil, nil
	}
	looks, err := r.Server.Look(ctx, places, false)
	if err != nil {
		return nil, err
	}
	away = make(map[manifest.Path]bool)
	var chains []Chain
	var paths []manifest.Path
	for i, c := range aside {
		kept, live := looks[2*i], looks[2*i+1]
		if err := cmp.Or(kept.Err, live.Err); err != nil {
			return nil, fmt.Errorf("looking at %q: %w", c.Path, err)
		}
		switch {
		case !kept.Entry.Exists():
		case live.Entry.Exists():
			away[c.Path] = true
		default:
			chains, paths = append(chains, Chain{{Op: Rename, From: places[2*i], To: places[2*i+1]}}), append(paths, c.Path)
		}
	}
	if len(chains) == 0 {
		return away, nil
	}
	errs, err := r.Server.Apply(ctx, [][]Chain{chains})
	if err != nil {
		return nil, err
	}
	for i, p := range paths {
		if errs[0][i][0] != nil {
			away[p] = true
		}
	}
	return away, nil
}

// withdraw takes changes that were not made out of a release. Of those in away, the version
// before is not there any more, and is kept as that of a deleted file is.
func withdraw(r *Release, failed map[manifest.Path]error, away map[manifest.Path]bool, before *Release) {
	was := make(map[manifest.Path]File)
	if before != nil {
		for _, f := range before.Files {
			was[f.Path] = f
		}
	}
	r.Changes = slices.DeleteFunc(r.Changes, func(c Change) bool { return failed[c.Path] != nil && !away[c.Path] })
	for i := range r.Changes {
		if c := &r.Changes[i]; away[c.Path] {
			c.Kind, c.From, c.Is, c.Mode = Remove, "", manifest.Entry{}, 0
		}
	}
	r.Files = slices.DeleteFunc(r.Files, func(f File) bool { return failed[f.Path] != nil })
	for p := range failed {
		if f, ok := was[p]; ok && !away[p] {
			r.Files = append(r.Files, f)
		}
	}
	slices.SortFunc(r.Files, func(a, b File) int { return a.Path.Compare(b.Path) })
}
