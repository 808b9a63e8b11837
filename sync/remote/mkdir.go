package remote

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// A making is one MkDir under way.
type making struct {
	at       place
	made     ftp.Reply
	entered  ftp.Reply
	seen     looked
	answered bool
}

// mkdirs makes directories in one batch, in order, each followed by the question
// whether it is there: a refused MKD tells nothing, and neither does one that
// was acknowledged on servers that make parents or accept what is there.
func (d *Directory) mkdirs(ctx context.Context, steps []sync.Step, outs []sync.Outcome) {
	all := make([]making, len(steps))
	for i, step := range steps {
		name := step.Want.Spelled(step.Path)
		if step.Expect.Exists() {
			name = step.Expect.Spelled(step.Path)
		}
		all[i].at = d.names.place(step.Path, name)
		if err := d.makes(all[i].at); err != nil {
			outs[i].Err = err
			continue
		}
		d.names.set(step.Path, name) // those below it may follow in the same batch
	}
	d.parentsFirst(ctx, all, steps, outs)
	err := d.do(ctx, "making directories", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		for i := range all {
			m := &all[i]
			if outs[i].Err != nil || m.answered {
				continue
			}
			b.Expect("MKD "+m.at.String(), &m.made)
			if ftp.HasMLST(s.Features()) {
				b.Add("MLST "+m.at.String(), func(r ftp.Reply) { m.seen = lookedOf(ftp.ParseMLST(m.at.String(), r)) })
			}
			b.Add("CWD "+m.at.String(), func(r ftp.Reply) { m.entered, m.answered = r, true })
		}
		b.Add("CWD "+d.names.dir(manifest.Root), nil)
		return b.Run(ctx, s)
	})
	for i, step := range steps {
		if outs[i].Err == nil {
			outs[i].Entry, outs[i].Err = all[i].outcome(step.Path, err)
			if d.specials.has(all[i].at) {
				outs[i].Err = fmt.Errorf("a special file is there: %w", sync.ErrChanged)
			}
		}
		if outs[i].Err != nil {
			d.names.set(step.Path, step.Path.Base())
		}
	}
}

// parentsFirst fails the steps whose parent is not there: some servers would make
// it as well. A parent that another step makes is there.
func (d *Directory) parentsFirst(ctx context.Context, all []making, steps []sync.Step, outs []sync.Outcome) {
	if d.f.Has(ftp.RequiresParents) {
		return
	}
	made := make(map[manifest.Path]bool)
	entered := make(map[string]ftp.Reply)
	var b ftp.Batch
	for i, step := range steps {
		made[step.Path] = true
		dir := all[i].at.parent()
		if _, asked := entered[dir]; outs[i].Err != nil || made[step.Path.Parent()] || asked {
			continue
		}
		entered[dir] = ftp.Reply{}
		b.Add("CWD "+dir, func(r ftp.Reply) { entered[dir] = r })
	}
	err := d.do(ctx, "looking for parents", b.Run)
	failed := make(map[manifest.Path]bool)
	for i, step := range steps {
		dir := all[i].at.parent()
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

func (m *making) outcome(p manifest.Path, err error) (manifest.Entry, error) {
	switch {
	case !m.answered && m.made.Code != 0:
		return manifest.Entry{}, &ambiguousError{err}
	case !m.answered:
		return manifest.Entry{}, err
	case m.entered.OK():
		return named(manifest.Entry{Kind: manifest.Dir, ID: m.seen.entry.ID}, p, m.at.name), nil
	case m.made.OK():
		return manifest.Entry{}, fmt.Errorf("it was made and cannot be entered: %w", ftp.ReplyError("CWD", m.at.String(), m.entered))
	}
	return manifest.Entry{}, withRoom(ftp.ReplyError("MKD", m.at.String(), m.made))
}
