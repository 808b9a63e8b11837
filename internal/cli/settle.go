package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// A settling is the settling of one disagreement: steps on the two sides, each
// of which leaves what it replaces in the trash, so that an end between two of
// them loses nothing.
type settling struct {
	app  *app
	pair *pair
	seen *seen
	d    *disagreement
	ctx  context.Context
	done []string // what was done, for people: each begins with a verb
}

// settle settles the disagreement at a path in the way that keep says.
func (a *app) settle(ctx context.Context, p *pair, head passHead, seen *seen, typed, keep string) error {
	d, err := a.find(p, seen, typed)
	if err != nil {
		return err
	}
	s := &settling{app: a, pair: p, seen: seen, d: d, ctx: ctx}
	side := sync.Local
	if keep == "remote" {
		side = sync.Remote
	}
	switch {
	case d.waiting() && keep == "both":
		err = s.renameWaiting()
	case d.waiting():
		err = s.overwrite(side)
	case keep == "both":
		err = s.renameCopy()
	case side == d.loser:
		err = s.putBack()
	default:
		err = s.dropCopy()
	}
	if errors.Is(err, sync.ErrChanged) {
		err = &codeError{code: ExitFailed, err: err, hint: "look again with \"ferry conflicts\": nothing that has changed is touched"}
	}
	a.tellSettled(head, s, keep, err)
	return err
}

// find returns the disagreement that typed names: its path or that of its copy.
func (a *app) find(p *pair, seen *seen, typed string) (*disagreement, error) {
	at := func(path manifest.Path) (found []*disagreement) {
		for _, d := range seen.found {
			if d.path == path || d.copy == path && !d.waiting() {
				found = append(found, d)
			}
		}
		return found
	}
	path, err := a.pathIn(p, typed, func(path manifest.Path) bool { return len(at(path)) > 0 })
	if err != nil {
		return nil, err
	}
	switch found := at(path); len(found) {
	case 0:
		return nil, &codeError{code: ExitFailed, err: fmt.Errorf("there is no conflict at %s", quoted(path)), hint: "\"ferry conflicts\" lists them"}
	case 1:
		return found[0], nil
	default:
		var names []string
		for _, d := range found {
			if !d.waiting() {
				names = append(names, quoted(d.copy))
			}
		}
		return nil, &codeError{code: ExitFailed, err: fmt.Errorf("there is more than one conflict at %s", quoted(path)),
			hint: "settle each copy by its own name: " + strings.Join(names, ", ")}
	}
}

// step carries out one step on a side.
func (s *settling) step(side sync.Side, step sync.Step, what string) error {
	if s.app.common.dryRun {
		s.done = append(s.done, what)
		return nil
	}
	if s.seen.sides[side] == nil {
		return fmt.Errorf("the %s side is not there", side)
	}
	step.Trash = s.pair.Trash
	if side == sync.Remote && step.Trash && (step.Op == sync.Remove || step.Expect.Exists()) {
		s.app.warnServed(s.pair, passOptions{})
	}
	var err error
	s.seen.sides[side].Apply(s.ctx, []sync.Step{step}, func(_ int, out sync.Outcome) { err = out.Err })
	if err != nil {
		return fmt.Errorf("on the %s side: %w", side, err)
	}
	s.done = append(s.done, what)
	return nil
}

// remove takes a version away.
func (s *settling) remove(side sync.Side, path manifest.Path, was manifest.Entry) error {
	what := fmt.Sprintf("remove %s on the %s side", quoted(path), side)
	if s.pair.Trash {
		what = fmt.Sprintf("move %s to the trash of the %s side", quoted(path), side)
	}
	return s.step(side, sync.Step{Op: sync.Remove, Path: path, Expect: was}, what)
}

// fetch puts the file at from, on the other side, to path on side, where expect
// is.
func (s *settling) fetch(side sync.Side, path manifest.Path, expect manifest.Entry, from manifest.Path, want manifest.Entry, what string) error {
	other := side.Other()
	if s.seen.sides[other] == nil {
		return fmt.Errorf("the %s side is not there", other)
	}
	r := s.seen.sides[other].Reader(s.ctx, []sync.Wanted{{Path: from, Entry: want}})
	defer r.Close()
	entry := want
	if from != path {
		entry.Name = ""
	}
	return s.step(side, sync.Step{Op: sync.Put, Path: path, Expect: expect, Want: entry,
		Open: func(ctx context.Context, offset int64) (sync.Source, error) { return r.Open(ctx, 0, offset) }}, what)
}

// home is the side on which the copy is dealt with: this one, where it is here.
func (s *settling) home() sync.Side {
	if s.d.copied[sync.Local].Exists() {
		return sync.Local
	}
	return sync.Remote
}

// dropCopy lets the version win that has the name.
func (s *settling) dropCopy() error {
	at := s.home()
	if !s.d.named[sync.Local].Exists() && !s.d.named[sync.Remote].Exists() {
		return &codeError{code: ExitFailed, err: fmt.Errorf("%s is gone: the copy is all there is", quoted(s.d.path)), hint: "keep it with --keep both, or under the name with --keep " + s.d.loser.String()}
	}
	return s.remove(at, s.d.copy, s.d.copied[at])
}

// putBack lets the copy win: it gets the name, on this side, from where the next
// pass carries it on.
func (s *settling) putBack() error {
	here := s.d.named[sync.Local]
	if here.IsDir() || s.d.named[sync.Remote].IsDir() {
		return s.blocked()
	}
	what := fmt.Sprintf("give %s the name %s", quoted(s.d.copy), quoted(s.d.path))
	if at := s.home(); at == sync.Remote {
		err := s.fetch(sync.Local, s.d.path, here, s.d.copy, s.d.copied[at], "fetch "+quoted(s.d.copy)+" to "+quoted(s.d.path))
		if err != nil {
			return err
		}
		return s.remove(at, s.d.copy, s.d.copied[at])
	}
	if here.Exists() {
		if err := s.remove(sync.Local, s.d.path, here); err != nil {
			return err
		}
	}
	return s.step(sync.Local, sync.Step{Op: sync.Move, From: s.d.copy, Path: s.d.path, Expect: s.d.copied[sync.Local]}, what)
}

// renameCopy makes an ordinary file of the copy.
func (s *settling) renameCopy() error {
	at, name := s.home(), s.freeName()
	return s.step(at, sync.Step{Op: sync.Move, From: s.d.copy, Path: name, Expect: s.d.copied[at]},
		fmt.Sprintf("give %s the name %s", quoted(s.d.copy), quoted(name)))
}

// overwrite puts the version of side winner in the place of the other one.
func (s *settling) overwrite(winner sync.Side) error {
	loser := winner.Other()
	from, to := s.d.named[winner], s.d.named[loser]
	switch {
	case !from.IsFile() || !to.IsFile():
		return s.blocked()
	case loser == sync.Remote && s.pair.Direction == sync.Pull:
		return &codeError{code: ExitFailed, err: errors.New("this pair only pulls: nothing is sent to the server"), hint: "--keep both gives the local version another name"}
	}
	return s.fetch(loser, s.d.path, to, s.d.path, from, fmt.Sprintf("put the %s version of %s in the place of the other", winner, quoted(s.d.path)))
}

// renameWaiting gives one side's version another name, so that both travel: the
// server's, but for a pair that only pulls and one where it is a directory.
func (s *settling) renameWaiting() error {
	at, name := sync.Remote, s.freeName()
	if s.pair.Direction == sync.Pull || !s.d.named[at].IsFile() {
		at = sync.Local
	}
	if !s.d.named[at].IsFile() {
		return s.blocked()
	}
	return s.step(at, sync.Step{Op: sync.Move, From: s.d.path, Path: name, Expect: s.d.named[at]},
		fmt.Sprintf("give the %s version the name %s", at, quoted(name)))
}

// blocked says that a directory stands in the way.
func (s *settling) blocked() error {
	return &codeError{code: ExitFailed, err: fmt.Errorf("%s is a directory on one side, which no file can replace", quoted(s.d.path)), hint: "keep both"}
}

// freeName returns a name like that of the file which neither side has.
func (s *settling) freeName() manifest.Path {
	name, dir := s.d.path.Base(), s.d.path.Parent()
	stem, ext := name, ""
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		stem, ext = name[:i], name[i:]
	}
	for n := 1; ; n++ {
		path := dir.Join(fmt.Sprintf("%s (conflict %d)%s", stem, n, ext))
		if on := s.seen.at(path); !on[sync.Local].Exists() && !on[sync.Remote].Exists() {
			return path
		}
	}
}

var past = map[string]string{"remove": "removed", "give": "gave", "fetch": "fetched", "put": "put", "move": "moved"}

func (a *app) tellSettled(head passHead, s *settling, keep string, err error) {
	switch {
	case a.common.json && err == nil:
		j := s.d.json(head.profile)
		if !a.common.dryRun {
			j.Settled = keep
		}
		writeJSON(a.env.Stdout, j)
	case a.common.json, a.common.quiet && err == nil:
	default:
		for _, what := range s.done {
			if a.common.dryRun {
				fmt.Fprintln(a.env.Stdout, "would "+what)
				continue
			}
			verb, rest, _ := strings.Cut(what, " ")
			fmt.Fprintln(a.env.Stdout, past[verb], rest)
		}
		if err == nil && !a.common.dryRun {
			fmt.Fprintln(a.env.Stdout, "the next pass carries it to the other side")
		}
	}
}
