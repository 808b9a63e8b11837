package site

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/sync/remote/list"
)

// mostWatched is how many steps of one write are looked at where it is not known that the
// server does what it says.
const mostWatched = 8

// A watch is a look, in the same write, at a name that should be free after a step.
type watched struct {
	step    *step
	promise ftp.Quirk
	look    deploy.Look
}

// watch adds to b looks at some of the names that chains should have left free: some servers
// say yes and do nothing.
func (c *commit) watch(b *ftp.Batch, s *ftp.Session, chains []*chain) (all []*watched) {
	if !s.Features().CanStat() || !c.forgets {
		return nil
	}
	filled := make(map[string]bool)
	for _, one := range chains {
		for _, st := range one.steps {
			filled[st.to] = true
		}
	}
	counts := make(map[ftp.Quirk]int)
	for _, one := range chains {
		for _, st := range one.steps {
			promise := ftp.ReplacesFiles
			switch st.Op {
			case deploy.Delete:
				promise = ftp.DeletesFiles
			case deploy.Rename:
			default:
				continue
			}
			if !filled[st.from] && !c.keeps(promise) && counts[promise] < mostWatched {
				counts[promise]++
				all = append(all, &watched{step: st, promise: promise})
			}
		}
	}
	for _, w := range all {
		queueLook(b, s.Features(), w.step.from, &w.look)
	}
	if len(all) > 0 && !s.Features().HasMLST() {
		c.returnToRoot(s, b)
	}
	return all
}

// believe takes what was watched for the truth about steps that the server says are done.
// The error says that the server does not do what it says.
func (c *commit) believe(all []*watched) error {
	for _, w := range all {
		if *w.step.err != nil || w.look.Err != nil {
			continue
		}
		if w.look.Entry.Exists() {
			if c.isLate() {
				continue
			}
			c.features.Observe(w.promise, false)
			*w.step.err = ftp.DidNothing(verbs[w.step.Op], w.step.from, ftp.Reply{Code: 250})
			return *w.step.err
		}
		if w.promise == ftp.DeletesFiles {
			c.features.Observe(w.promise, true)
		}
	}
	return nil
}

var verbs = map[deploy.Op]string{deploy.Rename: "RNTO", deploy.Delete: "DELE"}

// spareFullDirs looks into the directories that are to be removed, for a server whose RMD may
// remove what is in them.
func (c *commit) spareFullDirs(ctx context.Context, s *ftp.Session, chains []*chain) error {
	for _, one := range chains {
		for _, st := range one.steps {
			if st.Op != deploy.RemoveDir {
				continue
			}
			c.standing.enters(s, st.from)
			l, err := list.OrEmpty(c.lister.List(ctx, s, st.from))
			if err != nil && (ctx.Err() != nil || s.Dead()) {
				return err
			}
			st.spared = err != nil || len(l.Entries)+len(l.Refused) > 0
		}
	}
	return nil
}

// recover looks into what the server has refused. A rename that it has carried out all the
// same is done. One over a file, on a server that does not do that, has the file go aside
// first. A name that is certainly not there is [deploy.ErrMissing].
func (c *commit) recover(ctx context.Context, chains []*chain) error {
	var open []*step
	var paths []string
	filled := make(map[string]bool) // by a step that is done, so a look does not tell what was there before
	for _, one := range chains {
		for _, s := range one.steps {
			if s.Op == deploy.Rename && *s.err == nil {
				filled[s.to] = true
			}
			if s.away.Done() && s.renaming.Done() {
				c.madeWay = append(c.madeWay, s.aside)
			}
			if *s.err == nil || errors.Is(*s.err, deploy.ErrUnknown) || s.Op != deploy.Rename && s.Op != deploy.Delete || !s.sent {
				continue
			}
			open, paths = append(open, s), append(paths, s.from)
			if s.Op == deploy.Rename {
				paths = append(paths, s.to)
			}
		}
	}
	if len(open) == 0 {
		return nil
	}
	var told []deploy.Look
	err := c.do(ctx, "looking after a refusal", func(ctx context.Context, s *ftp.Session) (err error) {
		told, err = c.looks(ctx, s, new(ftp.Batch), paths)
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range open {
		from, to := told[0], deploy.Look{}
		if told = told[1:]; s.Op == deploy.Rename {
			to, told = told[0], told[1:]
		}
		switch {
		case from.Err != nil || to.Err != nil:
		case s.refused && !from.Entry.Exists() && to.Entry.Exists():
			*s.err = nil
		case !from.Entry.Exists(), filled[s.from] && ftp.MeansAbsent(s.renaming.From):
			*s.err = fmt.Errorf("%w: %w", deploy.ErrMissing, *s.err)
			c.back(ctx, s)
		case s.away.Done():
			c.back(ctx, s)
		case s.refused && !s.Free && s.aside == "" && to.Entry.IsFile():
			c.replaceAside(ctx, s)
		}
	}
	return nil
}

// replaceAside carries out a rename over a file that the server refuses: the file goes into
// the work directory first, and comes back where that does not help.
func (c *commit) replaceAside(ctx context.Context, s *step) {
	refused := *s.err
	s.aside = c.work(probeName())
	s.renaming = ftp.Renaming{}
	err := c.once(ctx, func(ctx context.Context, session *ftp.Session) error {
		var b ftp.Batch
		c.queueStep(&b, s)
		err := b.Run(ctx, session)
		s.giveUp(session)
		return err
	})
	s.settle()
	switch {
	case err != nil:
		*s.err = fmt.Errorf("%w: %w: %w", deploy.ErrUnknown, refused, err)
	case *s.err == nil && s.away.Done():
		c.features.Observe(ftp.RenamesOver, false)
		c.madeWay = append(c.madeWay, s.aside)
	case s.away.Done():
		c.back(ctx, s)
	}
}

// back brings a file back that made way in vain.
func (c *commit) back(ctx context.Context, s *step) {
	if !s.away.Done() || s.renaming.Done() {
		return
	}
	var back ftp.Renaming
	err := c.once(ctx, func(ctx context.Context, session *ftp.Session) error {
		var b ftp.Batch
		back.Queue(&b, s.aside, s.to)
		err := b.Run(ctx, session)
		session.AfterRenaming(back)
		return err
	})
	if !back.Done() {
		*s.err = fmt.Errorf("%w; what was there is kept as %s (%w)", *s.err, s.aside, errors.Join(err, back.Err(s.aside, s.to)))
	}
}

// removeMadeWay removes the files that made way, once the commit is done: visitors need not wait.
func (c *commit) removeMadeWay(ctx context.Context) {
	if len(c.madeWay) == 0 {
		return
	}
	err := c.once(ctx, func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		replies := make([]ftp.Reply, len(c.madeWay))
		for i, name := range c.madeWay {
			b.Expect("DELE "+name, &replies[i])
		}
		return b.Run(ctx, s)
	})
	if err != nil {
		c.opts.Log.Info("old versions were left in the work directory", "because", err)
	}
}
