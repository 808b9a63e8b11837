package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ferry/internal/deploy/release"
	"ferry/manifest"
)

// keeps reports whether something of a release stays in the work directory: what it has
// replaced, what somebody else had changed, or only the way back to the release before it.
func (r *run) keeps(next *Release) bool {
	if r.Policy.Keep > 0 && r.state != nil && len(next.Changes) > 0 {
		return true
	}
	return slices.ContainsFunc(next.Changes, func(c Change) bool { return c.Aside != "" })
}

// tidyStage returns the steps that clear the stage away once its release is live.
func (r *run) tidyStage(next *Release) (chain Chain) {
	var dirs []string
	for _, c := range next.Changes {
		if dir := parentName(c.From); strings.HasPrefix(dir, stagedDir+"/") && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	for _, dir := range append(dirs, stagedDir) {
		chain = append(chain, Step{Op: RemoveDir, From: Work(dir)})
	}
	if !r.keeps(next) {
		return append(chain, Step{Op: RemoveDir, From: Work(stageDir)})
	}
	return append(chain, Step{Op: MakeDir, To: Work(keptDir)}, Step{Op: Rename, From: Work(stageDir), To: Work(release.KeptDir(next.Number))})
}

// trims reports whether releases before next may have kept something that goes now. A step back
// trims nothing, so that others can follow it.
func (r *run) trims(next *Release) bool { return next.Back == 0 && (r.found.Kept || r.keeps(next)) }

// trim removes what is kept of releases that cannot be gone back to any more. What goes
// wrong here is told and does no harm.
func (r *run) trim(ctx context.Context, next *Release) {
	if !r.trims(next) {
		return
	}
	kept, err := r.keptNumbers(ctx)
	drift := driftTrimmer{run: r, next: next, unread: kept, later: make(map[manifest.Path]bool)}
	for _, n := range kept {
		if n <= next.Number-r.Policy.Keep && err == nil {
			err = r.trimRelease(ctx, &drift, n)
		}
	}
	if err != nil {
		r.Observer(Noticed{Text: fmt.Sprintf("old releases could not be removed from the work directory: %v", err)})
	}
}

// trimmedName is a directory among what a release keeps: all that may go is gone, until somebody
// else's version of a file is saved again.
const trimmedName = "trimmed"

// trimRelease removes what a release keeps for going back. What it saved as drift stays for
// as long as the profile says, and the last version of each path for ever.
func (r *run) trimRelease(ctx context.Context, drift *driftTrimmer, n int) error {
	dir := release.KeptDir(n)
	files, err := r.Server.ListWork(ctx, dir)
	if errors.Is(err, ErrMissing) {
		return nil
	}
	isMark := func(f WorkFile) bool { return f.Name == trimmedName }
	if err != nil || drift.next.Record().Drift == 0 && slices.ContainsFunc(files, isMark) {
		return err
	}
	keep, err := drift.keeps(ctx, n)
	if err != nil {
		return err
	}
	err = r.removeWork(ctx, dir, func(name string) bool {
		return keep.all && name == dir+"/drift" || keep.names[name] || name == dir+"/release" && (keep.all || len(keep.names) > 0)
	})
	if err != nil || len(keep.names) == 0 {
		return err
	}
	_, err = r.Server.Apply(ctx, [][]Chain{{{{Op: MakeDir, To: Work(dir + "/" + trimmedName)}}}})
	return err
}

// removeWork removes a directory of the work directory, except what spare names.
func (r *run) removeWork(ctx context.Context, dir string, spare func(name string) bool) error {
	files, err := r.Server.ListWork(ctx, dir)
	if errors.Is(err, ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	var chains []Chain
	for _, f := range files {
		name := dir + "/" + f.Name
		switch {
		case spare != nil && spare(name):
		case f.Entry.IsDir():
			if err := r.removeWork(ctx, name, spare); err != nil {
				return err
			}
		default:
			chains = append(chains, Chain{{Op: Delete, From: Work(name)}})
		}
	}
	_, err = r.Server.Apply(ctx, [][]Chain{chains, {{{Op: RemoveDir, From: Work(dir)}}}})
	return err
}
