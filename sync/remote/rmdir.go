package remote

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// rmdirs removes directories, in their order. Where the server is known to refuse
// to remove what holds something, all are asked for in one batch; those that it
// did not remove are looked at one by one.
func (d *Directory) rmdirs(ctx context.Context, steps []sync.Step, outs []sync.Outcome) {
	told := make([]ftp.Reply, len(steps))
	if safe, known := d.removesEmptyOnly(); known && safe && len(steps) > 1 {
		d.comeHome(ctx)
		var b ftp.Batch
		b.Add("CWD "+d.names.dir(manifest.Root), nil)
		for i, step := range steps {
			at := d.names.at(step.Path, manifest.Entry{})
			if step.Path != manifest.Root && checkPlace(at) == nil && !d.specials.has(at) {
				b.Expect("RMD "+at.String(), &told[i])
			}
		}
		if err := d.once(ctx, b.Run); err != nil {
			d.opts.Log.Info("directories are looked at one by one", "because", err)
		}
	}
	for i, step := range steps {
		if told[i].OK() {
			d.removedDir(step.Path)
			continue
		}
		if outs[i].Err = context.Cause(ctx); outs[i].Err == nil {
			outs[i].Err = d.rmdir(ctx, step.Path)
		}
	}
}

// removedDir forgets what was known of a directory.
func (d *Directory) removedDir(p manifest.Path) {
	d.temps.forget(d.names.at(p, manifest.Entry{}).String())
	d.names.set(p, p.Base())
}

// rmdir removes a directory that a fresh listing shows to be empty but for what
// ferry itself left in it.
func (d *Directory) rmdir(ctx context.Context, p manifest.Path) error {
	at := d.names.at(p, manifest.Entry{})
	if p == manifest.Root {
		return fmt.Errorf("the root: %w", sync.ErrUnsupported)
	}
	if err := checkPlace(at); err != nil {
		return err
	}
	if d.specials.has(at) {
		return fmt.Errorf("a special file is there: %w", sync.ErrChanged)
	}
	d.comeHome(ctx)
	var told ftp.Reply
	if done, err := d.readyToRemove(ctx, at); done || err != nil {
		return err
	}
	err := d.do(ctx, "removing a directory", func(ctx context.Context, s *ftp.Session) error {
		gone, err := d.emptied(ctx, s, at)
		if gone || err != nil {
			return err
		}
		var b ftp.Batch
		b.Add("CWD "+d.names.dir(manifest.Root), nil)
		b.Expect("RMD "+at.String(), &told)
		if err := b.Run(ctx, s); err != nil || told.OK() {
			return err
		}
		if gone, err := d.dirGone(ctx, s, at); gone || err != nil {
			return err
		}
		return s.Require("RMD", at.String(), told)
	})
	if err != nil {
		return err
	}
	d.removedDir(p)
	return nil
}

// readyToRemove makes sure that RMD would lose nothing: the directory is empty,
// and the server would refuse if something came into it. Where it would not,
// the directory goes to the trash instead, and that is done.
func (d *Directory) readyToRemove(ctx context.Context, at place) (done bool, err error) {
	if safe, known := d.removesEmptyOnly(); known && safe {
		return false, nil // it is looked at right before RMD
	}
	gone := false
	err = d.do(ctx, "looking before a removal", func(ctx context.Context, s *ftp.Session) (err error) {
		gone, err = d.emptied(ctx, s, at)
		return err
	})
	if gone || err != nil {
		return gone, err
	}
	recursive, err := d.removesTrees(ctx)
	if err != nil || !recursive {
		return false, err
	}
	_, errs := d.discard(ctx, []place{at}, func(int) manifest.Entry { return manifest.Entry{Kind: manifest.Dir} })
	return true, errs[0]
}

// emptied makes sure that a directory is there and empty, having removed stale
// temporaries of ferry's from it.
func (d *Directory) emptied(ctx context.Context, s *ftp.Session, at place) (gone bool, err error) {
	l, err := d.list(ctx, s, at.String())
	if err != nil {
		if s.Dead() || ctx.Err() != nil {
			return false, err
		}
		if gone, why := d.dirGone(ctx, s, at); gone || why != nil {
			return gone, why
		}
		return false, err
	}
	if len(l.refused) > 0 {
		return false, fmt.Errorf("the directory is not empty: %q is in it", l.refused[0].name)
	}
	var b ftp.Batch
	for _, one := range l.entries {
		if !d.temps.mine(place{at.String(), one.name}, one.entry) {
			return false, fmt.Errorf("the directory is not empty: %q is in it", one.name)
		}
		b.Add("DELE "+at.String()+"/"+one.name, nil)
	}
	return false, b.Run(ctx, s)
}

// dirGone reports whether nothing is at a place any more. What is there and is
// no directory is an error that wraps [sync.ErrChanged].
func (d *Directory) dirGone(ctx context.Context, s *ftp.Session, at place) (bool, error) {
	seen, err := d.look(ctx, s, []place{at})
	if err != nil {
		return false, err
	}
	if e := seen[0].entry; e.Exists() {
		if !e.IsDir() {
			return false, fmt.Errorf("a %v is there: %w", e.Kind, sync.ErrChanged)
		}
		return false, nil
	}
	answer := make([]error, 1)
	if err := d.missing(ctx, s, []place{at}, answer); err != nil {
		return false, err
	}
	return answer[0] == nil, nil
}

// comeHome makes the sessions that rest leave the directories which a scan led
// them into: the working directory of a session cannot be removed on some
// servers, and removing it ends the session on others.
func (d *Directory) comeHome(ctx context.Context) {
	if !d.astray.Swap(false) {
		return
	}
	d.pool.EachIdle(func(s *ftp.Session) {
		if _, err := s.Command(ctx, "CWD "+d.names.dir(manifest.Root)); err != nil {
			s.GiveUp()
		}
	})
}
