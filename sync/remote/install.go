package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A renaming is what became of RNFR and RNTO, which only count together (RFC
// 959, section 4.1.3). The zero code means that the answer never came.
type renaming struct{ from, to reply }

func (r renaming) done() bool { return r.from.code == 350 && r.to.ok() }

// lost reports whether it is open what became of it, or may come about another
// time: an answer is missing, or one that speaks of the moment only.
func (r renaming) lost() bool {
	return passing(r.from) || r.from.code == 350 && passing(r.to)
}

func passing(r reply) bool { return r.code == 0 || r.code/100 == 4 }

// err says why the renaming was refused, nil where no answer came.
func (r renaming) err(from, to place) error {
	if r.from.code == 0 || r.from.code == 350 && r.to.code == 0 {
		return nil
	}
	if r.from.code != 350 {
		e := replyError("RNFR", from.String(), r.from)
		e.Hint = "the server does not let files be renamed"
		return e
	}
	return replyError("RNTO", to.String(), r.to)
}

// rename gives both commands of a renaming. After a refused RNTO some servers
// keep the RNFR for a later one, so the session is given up then.
func (s *session) rename(ctx context.Context, from, to place) (renaming, error) {
	pairs := []renaming{{}}
	err := s.renames(ctx, []place{from}, []place{to}, pairs)
	return pairs[0], err
}

// renames gives pairs of commands in one batch. Nothing behind the first pair
// that did not go as it should may be believed: its answer is dropped, as if it
// had not come. The session is given up where a RNFR may be pending.
func (s *session) renames(ctx context.Context, from, to []place, pairs []renaming) error {
	var b script
	for i := range from {
		b.note("RNFR "+from[i].String(), &pairs[i].from)
		b.note("RNTO "+to[i].String(), &pairs[i].to)
	}
	err := b.run(ctx, s)
	odd := false
	for i, p := range pairs {
		if odd {
			pairs[i] = renaming{}
		}
		if !p.done() {
			odd = true
		}
		if !p.done() && !(p.from.refused() && p.to.refused()) {
			s.markDead()
		}
	}
	return err
}

// install gives the temporaries of a group their names: in one batch what is
// kept of the old versions goes to the trash, in the next the new ones take
// their places. A pair whose answer is missing or odd is settled by looking.
// Once begun it is brought to its end, so that no name is left without a file.
func (d *Directory) install(ctx context.Context, ups []*upload) {
	var live, first []*upload
	for _, u := range ups {
		if !u.failed() && !u.out.Kept {
			live = append(live, u)
		}
	}
	if len(live) == 0 {
		return
	}
	if ctx.Err() != nil {
		failAll(live, context.Cause(ctx))
		return
	}
	ctx, cancel := d.finish(ctx)
	defer cancel()
	d.makeWay(ctx, live)
	batch := live[:0:0]
	for _, u := range live {
		switch {
		case u.failed():
		case d.replaces(u) && len(first) == 0:
			first = append(first, u)
		default:
			batch = append(batch, u)
		}
	}
	// The first file that is renamed over another goes alone: whether the server
	// does that at all is seen before a batch relies on it.
	for _, group := range [][]*upload{first, batch} {
		d.place(ctx, group)
	}
	d.dropAside(ctx, live)
}

// finish returns a context in which what was begun is brought to its end: ctx
// being cancelled meanwhile leaves it some seconds more.
func (d *Directory) finish(ctx context.Context) (context.Context, context.CancelFunc) {
	const grace = 8 * time.Second
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(min(grace, d.opts.Timeout))
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel(context.Cause(ctx))
		case <-inner.Done():
		}
	})
	return inner, func() { stop(); cancel(nil) }
}

func failAll(ups []*upload, err error) {
	for _, u := range ups {
		u.fail(err)
	}
}

// pause waits before another attempt at what was refused or not answered; the
// first one needs no wait.
func (d *Directory) pause(ctx context.Context, attempt int) error {
	if attempt == 0 {
		return ctx.Err()
	}
	return sleep(ctx, d.pool.backoff(attempt-1))
}

// replaces reports whether the rename of u replaces a file, on a server that has
// not been seen to do so.
func (d *Directory) replaces(u *upload) bool {
	return u.there.entry.Exists() && u.aside.name == "" && !d.overwrites(true)
}

// overwrites reports whether the server renames over files; sure asks for having
// seen it, else only for not having seen it refuse.
func (d *Directory) overwrites(sure bool) bool {
	works, known := d.f.seen(seenOverwrite)
	return works || !known && !sure
}

// makeWay renames old versions into the trash: those that are to be kept, and
// all where the server does not rename over files.
func (d *Directory) makeWay(ctx context.Context, live []*upload) {
	var old []*upload
	for _, u := range live {
		if u.there.entry.Exists() && (u.step.Trash || !d.overwrites(false)) {
			old = append(old, u)
		}
	}
	d.setAside(ctx, old)
}

// setAside renames the targets of ups into the trash.
func (d *Directory) setAside(ctx context.Context, ups []*upload) {
	targets := make([]place, len(ups))
	for i, u := range ups {
		targets[i] = u.target
	}
	into, errs := d.discard(ctx, targets, func(i int) manifest.Entry { return ups[i].there.entry })
	for i, u := range ups {
		if errs[i] != nil {
			u.out.Ambiguous = isAmbiguous(errs[i])
			u.fail(errs[i])
			continue
		}
		u.aside = into[i]
	}
}

// place renames temporaries to their names.
func (d *Directory) place(ctx context.Context, ups []*upload) {
	if len(ups) == 0 {
		return
	}
	from, to := make([]place, len(ups)), make([]place, len(ups))
	for i, u := range ups {
		from[i], to[i] = u.temp, u.target
	}
	pairs := make([]renaming, len(ups))
	err := d.pool.once(ctx, func(ctx context.Context, s *session) error { return s.renames(ctx, from, to, pairs) })
	for i, u := range ups {
		if pairs[i].done() {
			d.placed(u)
			continue
		}
		d.settle(ctx, u, pairs[i], err)
	}
}

// placed records that u is where it belongs.
func (d *Directory) placed(u *upload) {
	if u.there.entry.Exists() && u.aside.name == "" {
		d.f.see(seenOverwrite, true)
	}
	u.out.Entry = named(u.stamp.entry, u.step.Path, u.target.name)
	d.names.set(u.step.Path, u.target.name)
	d.temps.end(u.temp)
}

// settle finds out what became of a renaming that did not go as it should, and
// does it once more, or in the other way, where it was not done.
func (d *Directory) settle(ctx context.Context, u *upload, pair renaming, cause error) {
	for attempt := 0; ; attempt++ {
		if pair.lost() {
			done, err := d.arrived(ctx, u)
			switch {
			case err != nil:
				u.out.Ambiguous = true
				d.undo(ctx, u, errors.Join(cause, err))
				return
			case done:
				d.placed(u)
				return
			}
		} else if !pair.done() {
			if pair.from.code == 350 && u.there.entry.Exists() && u.aside.name == "" {
				d.renameOver(ctx, u, pair)
				return
			}
			d.undo(ctx, u, pair.err(u.temp, u.target))
			return
		}
		if pair.done() {
			d.placed(u)
			return
		}
		cause = errors.Join(cause, pair.err(u.temp, u.target))
		if attempt >= d.opts.Retries || d.pause(ctx, attempt) != nil {
			d.undo(ctx, u, fmt.Errorf("renaming %s to %s did not come about: %w", u.temp, u.target, errors.Join(cause, context.Cause(ctx))))
			return
		}
		pair = renaming{}
		cause = d.pool.once(ctx, func(ctx context.Context, s *session) (err error) {
			pair, err = s.rename(ctx, u.temp, u.target)
			return err
		})
		if cause != nil && !retryable(cause) {
			d.undo(ctx, u, cause)
			return
		}
	}
}

// arrived looks whether the temporary stands at its place by now. An error means
// that neither that nor the opposite can be told, or that something else is
// there.
func (d *Directory) arrived(ctx context.Context, u *upload) (bool, error) {
	var seen []looked
	err := d.pool.do(ctx, "looking after a lost reply", func(ctx context.Context, s *session) (err error) {
		seen, err = d.look(ctx, s, []place{u.temp, u.target})
		return err
	})
	if err != nil {
		return false, err
	}
	temp, target := seen[0], seen[1]
	switch {
	case temp.err != nil || target.err != nil:
		return false, errors.Join(temp.err, target.err)
	case !temp.entry.Exists() && same(u.step.Path, u.stamp.entry, target.entry) == nil:
		return true, nil
	case temp.entry.Exists() && same(u.step.Path, u.stamp.entry, temp.entry) == nil:
		want := u.there.entry
		if u.aside.name != "" {
			want = manifest.Entry{}
		}
		return false, same(u.step.Path, want, target.entry)
	}
	return false, fmt.Errorf("neither the new version nor its temporary is there: %w", sync.ErrChanged)
}

// renameOver puts u in place on a server that does not rename over files: the
// old version goes aside first.
func (d *Directory) renameOver(ctx context.Context, u *upload, refused renaming) {
	d.setAside(ctx, []*upload{u})
	if u.failed() {
		u.out.Err = errors.Join(refused.err(u.temp, u.target), u.out.Err)
		return
	}
	d.f.see(seenOverwrite, false)
	var pair renaming
	err := d.pool.once(ctx, func(ctx context.Context, s *session) (err error) {
		pair, err = s.rename(ctx, u.temp, u.target)
		return err
	})
	d.settle(ctx, u, pair, err)
}

// undo records that u failed, having brought the old version back.
func (d *Directory) undo(ctx context.Context, u *upload, cause error) {
	u.fail(cause)
	if u.aside.name == "" {
		return
	}
	var pair renaming
	err := d.pool.once(ctx, func(ctx context.Context, s *session) (err error) {
		pair, err = s.rename(ctx, u.aside, u.target)
		return err
	})
	if !pair.done() {
		u.out.Ambiguous = true
		u.out.Err = fmt.Errorf("%w; the old version is kept as %s (%w)", u.out.Err, u.aside, errors.Join(err, pair.err(u.aside, u.target)))
		return
	}
	u.aside = place{}
}

// dropAside removes old versions that went aside only to make way.
func (d *Directory) dropAside(ctx context.Context, ups []*upload) {
	var b script
	for _, u := range ups {
		if !u.failed() && u.aside.name != "" && !u.step.Trash {
			b.add("DELE "+u.aside.String(), nil)
		}
	}
	if err := d.pool.do(ctx, "removing old versions", b.run); err != nil {
		d.opts.Log.Info("old versions were left in the trash", "because", err)
	}
}

// withRoom wraps [sync.ErrFull] around an error that says so: 452 and 552 by RFC
// 959, others in words.
func withRoom(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	text := strings.ToLower(e.Reply)
	switch {
	case e.Code == 452, e.Code == 552,
		e.Code >= 400 && (strings.Contains(text, "no space") || strings.Contains(text, "disk full") || strings.Contains(text, "quota")):
		return fmt.Errorf("%w: %w", sync.ErrFull, err)
	}
	return err
}
