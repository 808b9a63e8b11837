package remote

import (
	"context"
	"fmt"
	"slices"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// A dirMaker carries out MkDir steps.
type dirMaker struct{ *server }

// A newDir is one MkDir step under way.
type newDir struct {
	at       place
	made     ftp.Reply
	entered  ftp.Reply
	seen     stat
	answered bool // the server answered all questions about it
}

// apply makes directories in one batch, in their order. Each MKD is followed by the
// question whether the directory is there: one that was refused does not tell, and
// neither does one that a server accepts for a directory that is there.
func (dm *dirMaker) apply(ctx context.Context, steps []sync.Step, outs []sync.Outcome) {
	all := make([]newDir, len(steps))
	for i, step := range steps {
		name := dm.newName(step)
		if step.Expect.Exists() {
			name = step.Expect.Spelled(step.Path)
		}
		all[i].at = dm.names.Place(step.Path, name)
		if outs[i].Err = dm.checkNew(all[i].at); outs[i].Err == nil {
			dm.names.Set(step.Path, name) // those below it may follow in the same batch
		}
	}
	dm.checkParents(ctx, all, steps, outs)
	err := dm.do(ctx, "making directories", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		for i := range all {
			m := &all[i]
			if outs[i].Err != nil || m.answered {
				continue
			}
			at := m.at.String()
			b.Expect("MKD "+at, &m.made)
			if s.Features().HasMLST() {
				b.Add("MLST "+at, func(r ftp.Reply) { m.seen = statOf(ftp.ParseMLST(at, r)) })
			}
			b.Add("CWD "+at, func(r ftp.Reply) { m.entered, m.answered = r, true })
		}
		dm.returnToRoot(&b)
		return b.Run(ctx, s)
	})
	if err == nil {
		dm.awaitMade(ctx, all)
	}
	for i, step := range steps {
		if outs[i].Err == nil {
			outs[i].Entry, outs[i].Err = all[i].outcome(step.Path, err)
			if dm.listed.IsSpecial(all[i].at) {
				outs[i].Err = fmt.Errorf("a special file is there: %w", sync.ErrChanged)
			}
		}
		if outs[i].Err != nil {
			dm.names.Set(step.Path, step.Path.Base())
		}
	}
}

// awaitMade looks again for directories that the server has made and does not know yet.
func (dm *dirMaker) awaitMade(ctx context.Context, all []newDir) {
	var late []*newDir
	for i := range all {
		if m := &all[i]; m.answered && m.made.OK() && !m.entered.OK() {
			late = append(late, m)
		}
	}
	if len(late) == 0 {
		return
	}
	dm.showsLater(ctx, LookAgain, func(ctx context.Context) bool {
		var b ftp.Batch
		for _, m := range late {
			b.Expect("CWD "+m.at.String(), &m.entered)
		}
		dm.returnToRoot(&b)
		err := dm.runAny(ctx, "looking for new directories", &b)
		return err == nil && !slices.ContainsFunc(late, func(m *newDir) bool { return !m.entered.OK() })
	})
}

// checkParents fails the steps whose parent is not there, with a server that may make
// it as well. A parent that another step makes is there.
func (dm *dirMaker) checkParents(ctx context.Context, all []newDir, steps []sync.Step, outs []sync.Outcome) {
	if dm.features.Has(ftp.RequiresParents) {
		return
	}
	made := make(map[manifest.Path]bool)
	entered := make(map[string]ftp.Reply)
	var b ftp.Batch
	for i, step := range steps {
		made[step.Path] = true
		dir := all[i].at.Parent()
		if _, asked := entered[dir]; outs[i].Err != nil || made[step.Path.Parent()] || asked {
			continue
		}
		entered[dir] = ftp.Reply{}
		b.Add("CWD "+dir, func(r ftp.Reply) { entered[dir] = r })
	}
	err := dm.runAny(ctx, "looking for parents", &b)
	failed := make(map[manifest.Path]bool)
	for i, step := range steps {
		dir := all[i].at.Parent()
		switch r, asked := entered[dir]; {
		case outs[i].Err != nil:
		case err != nil:
			outs[i].Err = err
		case asked && !r.OK():
			outs[i].Err = ftp.ReplyError("CWD", dir, r)
		case !asked && failed[step.Path.Parent()]:
			outs[i].Err = fmt.Errorf("%q was not made", step.Path.Parent())
		}
		failed[step.Path] = outs[i].Err != nil
	}
}

// outcome says what became of a directory. err is the error of the session.
func (m *newDir) outcome(p manifest.Path, err error) (manifest.Entry, error) {
	switch {
	case !m.answered && m.made.Code != 0:
		return manifest.Entry{}, &ambiguousError{err}
	case !m.answered:
		return manifest.Entry{}, err
	case m.entered.OK():
		return spelled(manifest.Entry{Kind: manifest.Dir, ID: m.seen.entry.ID}, p, m.at.Name), nil
	case m.made.OK():
		return manifest.Entry{}, fmt.Errorf("it was made and cannot be entered: %w", ftp.ReplyError("CWD", m.at.String(), m.entered))
	}
	return manifest.Entry{}, withFull(ftp.ReplyError("MKD", m.at.String(), m.made))
}
