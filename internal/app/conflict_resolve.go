package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/internal/history"
	"ferry/manifest"
	"ferry/sync"
)

// A Keep says which version of a conflict is kept, in the words of the command.
type Keep string

// The versions to keep. KeepBoth makes an ordinary file of the copy.
const (
	KeepLocal  Keep = "local"
	KeepRemote Keep = "remote"
	KeepBoth   Keep = "both"
)

// A resolution resolves one conflict, in steps on the two sides. Each step leaves what
// it replaces in the trash of its side, if that is on, as a pass does.
type resolution struct {
	opener   *Opener
	pair     *Pair
	snapshot *Snapshot
	c        *Conflict
	ctx      context.Context
	dryRun   bool
	done     []string
	record   *history.Recorder
	why      string
}

// Resolve resolves a conflict of s, a snapshot of p. It returns what was done, or would
// be in a dry run, for people: each begins with a verb, as "move a.txt to the trash". An
// error may come after some of it.
func (o *Opener) Resolve(ctx context.Context, p *Pair, s *Snapshot, c *Conflict, keep Keep, dryRun bool) (done []string, err error) {
	return o.resolve(ctx, p, s, c, keep, "", dryRun)
}

// ResolveMerged is as Resolve with a version that neither side has: the file at the path
// merged gets the name.
func (o *Opener) ResolveMerged(ctx context.Context, p *Pair, s *Snapshot, c *Conflict, merged string) (done []string, err error) {
	return o.resolve(ctx, p, s, c, "", merged, false)
}

func (o *Opener) resolve(ctx context.Context, p *Pair, s *Snapshot, c *Conflict, keep Keep, merged string, dryRun bool) (done []string, err error) {
	r := &resolution{opener: o, pair: p, snapshot: s, c: c, ctx: ctx, dryRun: dryRun}
	if !dryRun {
		r.record, r.why = o.recorder(p, true), "conflict settled: keep "+string(keep)
		if merged != "" {
			r.why = "conflict settled: merged"
		}
		defer func() { r.record.End(nil, ExitCode(err), nil) }()
	}
	side := sync.Local
	if keep == KeepRemote {
		side = sync.Remote
	}
	switch {
	case merged != "":
		err = r.merge(merged)
	case c.Waits() && keep == KeepBoth:
		err = r.renameWaiting()
	case c.Waits():
		err = r.overwrite(side)
	case keep == KeepBoth:
		err = r.renameCopy()
	case side == c.Loser:
		err = r.putBack()
	default:
		err = r.dropCopy()
	}
	if errors.Is(err, sync.ErrChanged) {
		err = failed(err, "look again with \"ferry conflicts\": nothing that has changed is touched")
	}
	return r.done, err
}

// step carries out one step on a side.
func (r *resolution) step(side sync.Side, step sync.Step, what string) error {
	if r.dryRun {
		r.done = append(r.done, what)
		return nil
	}
	if r.snapshot.sides[side] == nil {
		return fmt.Errorf("the %s side is not there", side)
	}
	step.Trash = r.pair.Policy().Trash[side]
	var err error
	r.snapshot.sides[side].Apply(r.ctx, []sync.Step{step}, func(_ int, out sync.Outcome) { err = out.Err })
	r.record.Step(side, step, r.why, err)
	if err != nil {
		return fmt.Errorf("on the %s side: %w", side, err)
	}
	r.done = append(r.done, what)
	return nil
}

// remove takes a version away.
func (r *resolution) remove(side sync.Side, path manifest.Path, was manifest.Entry) error {
	what := fmt.Sprintf("remove %s on the %s side", path, side)
	if r.pair.Policy().Trash[side] {
		what = fmt.Sprintf("move %s to the trash of the %s side", path, side)
	}
	return r.step(side, sync.Step{Op: sync.Remove, Path: path, Expect: was}, what)
}

// fetch puts the file at from, on the other side, to path on side, where expect
// is.
func (r *resolution) fetch(side sync.Side, path manifest.Path, expect manifest.Entry, from manifest.Path, want manifest.Entry, what string) error {
	other := side.Other()
	if r.snapshot.sides[other] == nil {
		return fmt.Errorf("the %s side is not there", other)
	}
	reader := r.snapshot.sides[other].Reader(r.ctx, []sync.Wanted{{Path: from, Entry: want}})
	defer reader.Close()
	entry := want
	if from != path {
		entry.Name = ""
	}
	return r.step(side, sync.Step{Op: sync.Put, Path: path, Expect: expect, Want: entry,
		Open: func(ctx context.Context, offset int64) (sync.Source, error) { return reader.Open(ctx, 0, offset) }}, what)
}

// dropCopy lets the version win that has the name.
func (r *resolution) dropCopy() error {
	at := home(r.c.Copied)
	if !r.c.Named[sync.Local].Exists() && !r.c.Named[sync.Remote].Exists() {
		return failed(fmt.Errorf("%s is gone: the copy is all there is", r.c.Path),
			"keep it with --keep both, or under the name with --keep "+r.c.Loser.String())
	}
	return r.remove(at, r.c.Copy, r.c.Copied[at])
}

// putBack lets the copy win: it gets the name, on this side, from where the next
// pass carries it on.
func (r *resolution) putBack() error {
	here := r.c.Named[sync.Local]
	if here.IsDir() || r.c.Named[sync.Remote].IsDir() {
		return r.blocked()
	}
	what := fmt.Sprintf("give %s the name %s", r.c.Copy, r.c.Path)
	if at := home(r.c.Copied); at == sync.Remote {
		err := r.fetch(sync.Local, r.c.Path, here, r.c.Copy, r.c.Copied[at], "fetch "+string(r.c.Copy)+" to "+string(r.c.Path))
		if err != nil {
			return err
		}
		return r.remove(at, r.c.Copy, r.c.Copied[at])
	}
	if here.Exists() {
		if err := r.remove(sync.Local, r.c.Path, here); err != nil {
			return err
		}
	}
	return r.step(sync.Local, sync.Step{Op: sync.Move, From: r.c.Copy, Path: r.c.Path, Expect: r.c.Copied[sync.Local]}, what)
}

// renameCopy makes an ordinary file of the copy.
func (r *resolution) renameCopy() error {
	at, name := home(r.c.Copied), r.freeName()
	return r.step(at, sync.Step{Op: sync.Move, From: r.c.Copy, Path: name, Expect: r.c.Copied[at]},
		fmt.Sprintf("give %s the name %s", r.c.Copy, name))
}

// overwrite puts the version of side winner in the place of the other one.
func (r *resolution) overwrite(winner sync.Side) error {
	loser := winner.Other()
	from, to := r.c.Named[winner], r.c.Named[loser]
	switch {
	case !from.IsFile() || !to.IsFile():
		return r.blocked()
	case loser == sync.Remote && r.pair.Direction == sync.Pull:
		return failed(errors.New("this pair only pulls: nothing is sent to the server"), "--keep both gives the local version another name")
	}
	return r.fetch(loser, r.c.Path, to, r.c.Path, from, fmt.Sprintf("put the %s version of %s in the place of the other", winner, r.c.Path))
}

// renameWaiting gives one side's version another name, so that both travel: the
// server's, but for a pair that only pulls and one where it is a directory.
func (r *resolution) renameWaiting() error {
	at, name := sync.Remote, r.freeName()
	if r.pair.Direction == sync.Pull || !r.c.Named[at].IsFile() {
		at = sync.Local
	}
	if !r.c.Named[at].IsFile() {
		return r.blocked()
	}
	return r.step(at, sync.Step{Op: sync.Move, From: r.c.Path, Path: name, Expect: r.c.Named[at]},
		fmt.Sprintf("give the %s version the name %s", at, name))
}

// blocked says that a directory stands in the way.
func (r *resolution) blocked() error {
	return failed(fmt.Errorf("%s is a directory on one side, which no file can replace", r.c.Path), "keep both")
}

// freeName returns a name like that of the file which neither side has.
func (r *resolution) freeName() manifest.Path {
	name, dir := r.c.Path.Base(), r.c.Path.Parent()
	stem, ext := name, ""
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		stem, ext = name[:i], name[i:]
	}
	for n := 1; ; n++ {
		path := dir.Join(fmt.Sprintf("%s (conflict %d)%s", stem, n, ext))
		if on := r.snapshot.at(path); !on[sync.Local].Exists() && !on[sync.Remote].Exists() {
			return path
		}
	}
}
