package site

import (
	"context"
	"errors"
	"slices"
	stdsync "sync"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/internal/ftp/pool/sizing"
)

// errNotTried says that a step was not sent, because something went wrong before its turn.
var errNotTried = errors.New("not tried")

// A commit is the chains of one call of Apply under way.
type commit struct {
	*Server
	groups [][]*chain
	errs   [][][]error
	// forgets says that a refused RNTO leaves no RNFR behind, so that several renames may
	// go out at a time.
	forgets bool
	trees   bool // RMD may remove what is in a directory as well
	// madeWay are files of the work directory that made way for others, and are of no use.
	madeWay []string
}

// A chain is the steps of a chain.
type chain struct{ steps []*step }

func (c *chain) makesDir() bool {
	return slices.ContainsFunc(c.steps, func(s *step) bool { return s.Op == deploy.MakeDir })
}

// Apply implements [deploy.Server]. What was begun goes on for a moment when ctx is
// cancelled.
func (srv *Server) Apply(ctx context.Context, groups [][]deploy.Chain) (errs [][][]error, err error) {
	c := &commit{Server: srv}
	c.prepare(groups)
	if ctx.Err() != nil {
		return c.errs, context.Cause(ctx)
	}
	if err := c.learn(ctx); err != nil {
		return c.errs, err
	}
	ctx, cancel := srv.graceContext(ctx)
	defer cancel()
	defer func() {
		if err == nil {
			c.removeMadeWay(ctx)
		}
	}()
	if fits, err := c.goesAtOnce(ctx); err != nil {
		return c.errs, err
	} else if fits {
		var all []*chain
		for _, group := range c.groups {
			all = append(all, group...)
		}
		err := c.part(ctx, all)
		if err == nil {
			err = c.recover(ctx, all)
		}
		return c.errs, err
	}
	workers := c.workers()
	c.warm(ctx, workers)
	for _, group := range c.groups {
		if err := c.group(ctx, group, workers); err != nil {
			return c.errs, err
		}
	}
	return c.errs, nil
}

// prepare makes the commands of all steps. A chain with a step that cannot be sent is left
// out: the steps behind it may rest on it.
func (c *commit) prepare(groups [][]deploy.Chain) {
	for _, chains := range groups {
		var group []*chain
		var groupErrs [][]error
		for _, one := range chains {
			errs := make([]error, len(one))
			groupErrs = append(groupErrs, errs)
			made, bad := &chain{}, -1
			for i, s := range one {
				errs[i] = errNotTried
				next, err := c.newStep(s, &errs[i])
				if err != nil && bad < 0 {
					bad = i
					errs[i] = err
				}
				made.steps = append(made.steps, next)
			}
			if bad < 0 && len(one) > 0 {
				group = append(group, made)
			}
		}
		c.groups, c.errs = append(c.groups, group), append(c.errs, groupErrs)
	}
}

// each calls f with all steps.
func (c *commit) each(f func(s *step)) {
	for _, group := range c.groups {
		for _, one := range group {
			for _, s := range one.steps {
				f(s)
			}
		}
	}
}

// learn finds out what must be known of the server before the first write.
func (c *commit) learn(ctx context.Context) (err error) {
	renames, work := 0, false
	var removed []string
	c.each(func(s *step) {
		switch s.Op {
		case deploy.Rename:
			renames++
			work = work || s.To.Work
		case deploy.MakeDir:
			work = work || s.To.Work
		case deploy.RemoveDir:
			removed = append(removed, s.from)
		}
	})
	if work {
		if err := c.protect(ctx); err != nil {
			return err
		}
	}
	if c.forgets = renames <= 1; !c.forgets {
		if c.forgets, err = c.forgetsRNFR(ctx); err != nil {
			return err
		}
	}
	if len(removed) > 0 {
		c.leaveListedDirs(ctx, removed)
		if c.trees, err = c.removesTrees(ctx); err != nil {
			return err
		}
	}
	return nil
}

// goesAtOnce reports whether all groups fit into one write on one session. In order, they
// then need no waits between them.
func (c *commit) goesAtOnce(ctx context.Context) (fits bool, err error) {
	if c.trees || !c.forgets {
		return false, nil
	}
	var b ftp.Batch
	n := 0
	for _, group := range c.groups {
		n += len(group)
		for _, one := range group {
			c.queue(&b, one)
		}
	}
	if n == 0 {
		return false, nil
	}
	err = c.do(ctx, "beginning a commit", func(_ context.Context, s *ftp.Session) error {
		bytes, commands := s.OneWrite()
		fits = b.Bytes() <= bytes && b.Len() <= commands
		return nil
	})
	return fits, err
}

// workers returns over how many sessions the chains go out.
func (c *commit) workers() int {
	most := 0
	for _, group := range c.groups {
		most = max(most, len(group))
	}
	return max(1, min(max(c.pool.Ready(), sizing.Few), c.pool.Size(sizing.SmallFiles), most/chainsPerSession))
}

// chainsPerSession is from how many chains another session is worth it.
const chainsPerSession = 8

// warm opens the sessions before the first group, since the site is mixed from then on, and
// has them leave the directories that may be removed.
func (c *commit) warm(ctx context.Context, workers int) {
	if workers == 1 {
		return
	}
	var running stdsync.WaitGroup
	for range workers {
		running.Go(func() {
			err := c.once(ctx, func(ctx context.Context, s *ftp.Session) error {
				var b ftp.Batch
				c.returnToRoot(s, &b)
				return b.Run(ctx, s)
			})
			if err != nil {
				c.opts.Log.Info("one session less for the commit", "because", err)
			}
		})
	}
	running.Wait()
}

// group carries out chains over all sessions.
func (c *commit) group(ctx context.Context, chains []*chain, workers int) error {
	parts := share(chains, workers)
	errs := make([]error, len(parts))
	var running stdsync.WaitGroup
	for k, part := range parts {
		running.Go(func() { errs[k] = c.part(ctx, part) })
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return c.recover(ctx, chains)
}

// share splits chains into at most n parts of about the same number.
func share(chains []*chain, n int) (parts [][]*chain) {
	for ; n > 0 && len(chains) > 0; n-- {
		size := (len(chains) + n - 1) / n
		parts = append(parts, chains[:size])
		chains = chains[size:]
	}
	return parts
}

// part carries out chains on one session after another: another one only where a refused
// rename may be pending on the first. It returns the error of a session, after which it is
// not known what became of the steps that were sent and not answered.
func (c *commit) part(ctx context.Context, chains []*chain) error {
	if c.trees {
		if err := c.do(ctx, "looking into directories", func(ctx context.Context, s *ftp.Session) error { return c.spareFullDirs(ctx, s, chains) }); err != nil {
			return err
		}
	}
	if !c.forgets {
		return c.stepByStep(ctx, chains)
	}
	for len(chains) > 0 {
		err := c.once(ctx, func(ctx context.Context, s *ftp.Session) (err error) {
			for len(chains) > 0 && !s.Dead() && err == nil {
				n := c.fill(s, chains)
				err = c.run(ctx, s, chains[:n])
				chains = chains[n:]
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fill returns how many chains go out in the next write, with what is watched of them: one at
// least.
func (c *commit) fill(s *ftp.Session, chains []*chain) (n int) {
	bytes, commands := s.OneWrite()
	for ; n < len(chains); n++ {
		var b ftp.Batch
		c.queue(&b, chains[n])
		if n < mostWatched && s.Features().CanStat() {
			for _, st := range chains[n].steps {
				queueLook(&b, s.Features(), st.from, new(deploy.Look))
			}
		}
		if bytes, commands = bytes-b.Bytes(), commands-b.Len(); n > 0 && (bytes < 0 || commands < 0) {
			break
		}
	}
	return n
}

// run sends the commands of chains in one batch.
func (c *commit) run(ctx context.Context, s *ftp.Session, chains []*chain) error {
	var b ftp.Batch
	for _, one := range chains {
		for _, st := range one.steps {
			st.sent = true
		}
		c.queue(&b, one)
	}
	if slices.ContainsFunc(chains, (*chain).makesDir) {
		c.returnToRoot(s, &b)
	}
	watched := c.watch(&b, s, chains)
	err := b.Run(ctx, s)
	for _, one := range chains {
		for _, st := range one.steps {
			st.settle()
			st.giveUp(s)
		}
	}
	if err != nil {
		return err
	}
	return c.believe(watched)
}

// stepByStep has each step wait for the one before, since a refused RNTO may leave an RNFR
// behind. The first rename that is not done costs the session.
func (c *commit) stepByStep(ctx context.Context, chains []*chain) error {
	for _, one := range chains {
		for _, st := range one.steps {
			err := c.once(ctx, func(ctx context.Context, s *ftp.Session) error {
				var b ftp.Batch
				c.queueStep(&b, st)
				if st.Op == deploy.MakeDir {
					c.returnToRoot(s, &b)
				}
				st.sent = true
				err := b.Run(ctx, s)
				st.settle()
				st.giveUp(s)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
