package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// A trash keeps what is replaced or removed. It is below the root of the side, so that
// a rename leads there: .ferry/NAME/STAMP/PATH, see [lock.OwnDir].
type trash struct {
	*server
	renamer   *renamer
	dirs      trashDirs
	protected bool // see protect; dirs.making is held
}

// put renames what is at each place of from into the trash, and returns where it is
// now, or why it is still in its place. was says what stands at each place. What turns
// out to be something else was saved in the last moment, and goes back.
func (t *trash) put(ctx context.Context, from []place, was []manifest.Entry) (into []place, errs []error) {
	into, errs = make([]place, len(from)), make([]error, len(from))
	if len(from) == 0 {
		return into, errs
	}
	var all []*renaming
	var seen []stat
	var broke error
	err := t.do(ctx, "making the trash", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		to, err := t.queueDirs(ctx, s, &b, from)
		if err != nil {
			return err
		}
		for i := range from {
			m := &renaming{from: from[i], to: to[i]}
			if was[i].IsDir() { // a file may be another version by then
				m.what = was[i]
			}
			all = append(all, m)
		}
		seen, broke = t.renamer.runAndLook(ctx, s, &b, all)
		return nil // renamings are not repeated blindly
	})
	for i := range from {
		if all == nil {
			errs[i] = fmt.Errorf("making the trash (--trash off does without): %w", err)
			continue
		}
		there := broke == nil && i < len(seen) && seen[i].entry.Exists()
		if there && all[i].replies.Done() {
			t.features.Observe(all[i].promise(), true) // nothing was at that name before
		} else {
			errs[i] = t.complete(ctx, all[i], was[i], broke)
		}
		into[i] = all[i].to
		if errs[i] == nil && there {
			errs[i] = t.keepUnchanged(ctx, all[i], was[i], seen[i].entry)
		}
	}
	return into, errs
}

// keepUnchanged looks at what the renaming m took into the trash. What is not as it was
// goes back to its place, unless there is something by now.
func (t *trash) keepUnchanged(ctx context.Context, m *renaming, was, now manifest.Entry) error {
	changed := unchanged("", was, now)
	if changed == nil {
		return nil
	}
	at, err := t.statPlaces(ctx, "looking before a rename back", m.from)
	if err == nil {
		err = at[0].err
	}
	if err == nil && !at[0].entry.Exists() {
		back := &renaming{from: m.to, to: m.from}
		if err = t.renamer.runOnce(ctx, back); back.replies.Done() {
			return changed
		}
	}
	return errors.Join(fmt.Errorf("%w; what somebody saved meanwhile is kept as %s", changed, m.to), err)
}

// complete makes sure that a renaming into the trash is done. Where it is not, it is
// tried again after the directories on the way were made again.
func (t *trash) complete(ctx context.Context, m *renaming, was manifest.Entry, cause error) error {
	err := t.renamer.recover(ctx, m, cause, recovery{
		happened: func(ctx context.Context) (bool, error) { return t.renamer.happened(ctx, m, was) },
		again: func(ctx context.Context) error {
			t.dirs.forget()
			m.replies = ftp.Renaming{}
			return t.once(ctx, func(ctx context.Context, s *ftp.Session) error {
				var b ftp.Batch
				to, err := t.queueDirs(ctx, s, &b, []place{m.from})
				if err != nil {
					return err
				}
				m.to = to[0]
				return t.renamer.run(ctx, s, &b, []*renaming{m})
			})
		},
		retries:      max(t.opts.Retries, 1),
		retryRefusal: true,
	})
	if err != nil && !isAmbiguous(err) {
		return fmt.Errorf("keeping the old version in the trash (--trash off does without): %w", err)
	}
	return err
}

// queueDirs returns where in the trash each of paths goes, and adds commands to b that
// make the directories which are not known to be there. Where one of those is refused,
// the rename into it is refused as well.
func (t *trash) queueDirs(ctx context.Context, s *ftp.Session, b *ftp.Batch, paths []place) ([]place, error) {
	into := make([]place, len(paths))
	queued := make(map[string]bool)
	for i, at := range paths {
		below := strings.TrimPrefix(at.String(), t.names.Root+"/")
		if err := t.makeStampDir(ctx, s, below); err != nil {
			return nil, err
		}
		var missing []string
		into[i], missing = t.dirs.take(below)
		for _, dir := range missing {
			if !queued[dir] {
				queued[dir] = true
				b.Add("MKD "+dir, func(ftp.Reply) { t.dirs.note(dir) }) // refused where it is there
			}
		}
	}
	return into, nil
}

// mostStamps is how many passes may put something into the trash within one second.
const mostStamps = 200

// makeStampDir makes the stamp directory that what is at below goes to, where there is
// none. Only one pass can make a directory of a name; the others add a number to it.
func (t *trash) makeStampDir(ctx context.Context, s *ftp.Session, below string) error {
	t.dirs.making.Lock()
	defer t.dirs.making.Unlock()
	stamp := t.dirs.wanted(below)
	if stamp == "" {
		return nil
	}
	if err := t.chooseName(); err != nil {
		return err
	}
	made, done, err := t.makeStampIn(ctx, s, stamp)
	if _, known := s.Features().Known(ftp.KeepsDotDirs); err == nil && !done && !known && t.lock.LacksOwnDir(ctx, s) {
		s.Features().Observe(ftp.KeepsDotDirs, false)
		if _, done, err = t.makeStampIn(ctx, s, stamp); !done {
			s.Features().Observe(ftp.KeepsDotDirs, true) // it is not the dot that is refused
		}
	}
	if err != nil || done {
		return err
	}
	return s.Require("making the trash", t.own(t.dirs.name), made)
}

// makeStampIn makes the stamp directory in ferry's own directory, as far as that is known.
// Where it is not done, made says why. The error is one of the session.
func (t *trash) makeStampIn(ctx context.Context, s *ftp.Session, stamp string) (made ftp.Reply, done bool, err error) {
	trash := t.own(t.dirs.name)
	for n := 1; n <= mostStamps; n++ {
		name := stamp
		if n > 1 {
			name = fmt.Sprintf("%s-%d", stamp, n)
		}
		var entered ftp.Reply
		var b ftp.Batch
		b.Add("MKD "+t.own(""), nil)
		b.Add("MKD "+trash, nil)
		b.Expect("MKD "+trash+"/"+name, &made)
		b.Expect("CWD "+trash+"/"+name, &entered)
		denies := t.queueDenies(&b, s.Features())
		t.returnToRoot(&b)
		if err := b.Run(ctx, s); err != nil {
			return made, false, err
		}
		if made.OK() {
			if err := t.protect(ctx, s, denies()); err != nil {
				return made, false, err
			}
			t.dirs.made(t.own(""), name)
			return made, true, nil
		}
		if !entered.OK() {
			break
		}
	}
	return made, false, nil
}
