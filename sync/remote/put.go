package remote

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ferry/manifest"
	"ferry/sync"
)

// Limits of a group of files that are written beside first and then renamed
// together, so that the questions and the renames of all go in one batch each.
const (
	groupFiles = 40
	groupBytes = 4 << 20
)

// An upload is one Put under way.
type upload struct {
	step   sync.Step
	out    sync.Outcome
	target place
	temp   place   // of the current attempt; the zero place: none
	spent  []place // temporaries of attempts that are over
	size   int64   // bytes the temporary must hold
	plain  bool    // the temporary's name has no leading dot
	again  bool    // from the beginning, with nothing to go on with
	keep   bool    // the temporary is worth going on with
	stamp  looked  // what the server says of the temporary
	there  looked  // and of the target
	aside  place   // where the old version was renamed to
}

func (u *upload) fail(err error) {
	if u.out.Err == nil {
		u.out.Err, u.out.Entry = err, manifest.Entry{}
	}
}

func (u *upload) failed() bool { return u.out.Err != nil }

// newUpload prepares a Put. A name that cannot be sent fails at once.
func (d *Directory) newUpload(step sync.Step) *upload {
	u := &upload{step: step}
	if step.Expect.Exists() {
		u.target = d.names.at(step.Path, step.Expect)
	} else {
		u.target = d.names.place(step.Path, step.Want.Spelled(step.Path))
	}
	if err := d.makes(u.target); err != nil {
		u.fail(err)
	}
	if step.Expect.Exists() && !step.Expect.IsFile() {
		u.fail(fmt.Errorf("a file in the place of a %v: %w", step.Expect.Kind, sync.ErrUnsupported))
	}
	return u
}

// checkPlace refuses what no command can hold or no name can be.
func checkPlace(at place) error {
	if err := manifest.CheckName(at.name); err != nil {
		return err
	}
	return sendable(at.String())
}

// puts writes a group of files: each beside its place first, then a look at all
// of them, then the renames.
func (d *Directory) puts(ctx context.Context, ups []*upload) {
	for _, u := range ups {
		if u.step.Want.Size >= resumeFrom {
			d.foresee(ctx, u)
		}
		if !u.failed() {
			d.store(ctx, u)
		}
	}
	d.examine(ctx, ups)
	for attempt := 0; attempt < d.opts.Retries && d.storeAgain(ctx, ups); attempt++ {
		d.examine(ctx, ups) // all of them: the others had to wait
	}
	for _, u := range ups {
		d.judge(u)
	}
	d.install(ctx, ups)
	d.dropTemps(ctx, ups)
}

// foresee looks at the target of a large file before it is sent for nothing.
func (d *Directory) foresee(ctx context.Context, u *upload) {
	if u.failed() {
		return
	}
	err := d.pool.do(ctx, "looking", func(ctx context.Context, s *session) error {
		seen, err := d.look(ctx, s, []place{u.target})
		if err == nil && seen[0].err == nil {
			err = same(u.step.Path, u.step.Expect, seen[0].entry)
		}
		return err
	})
	if err != nil {
		u.fail(err)
	}
}

// storeAgain sends once more, from the beginning, what the server does not hold
// whole, and reports whether there was any.
func (d *Directory) storeAgain(ctx context.Context, ups []*upload) bool {
	any := false
	for _, u := range ups {
		if u.short() {
			any = true
			u.spend()
			u.again = true
			d.store(ctx, u)
		}
	}
	return any
}

// short reports whether the server holds another number of bytes than were
// sent: uploads that were cut are acknowledged like whole ones.
func (u *upload) short() bool {
	return !u.failed() && u.stamp.err == nil && u.stamp.entry.Size != u.size
}

// spend gives up the temporary of an attempt.
func (u *upload) spend() {
	if u.temp.name != "" {
		u.spent = append(u.spent, u.temp)
		u.temp = place{}
	}
}

// examine asks for the temporaries and targets of all in one batch, having set
// the times of the temporaries.
func (d *Directory) examine(ctx context.Context, ups []*upload) {
	var live []*upload
	for _, u := range ups {
		if !u.failed() {
			live = append(live, u)
		}
	}
	if len(live) == 0 {
		return
	}
	err := d.pool.do(ctx, "looking at uploads", func(ctx context.Context, s *session) error {
		var b script
		f := s.features()
		for _, u := range live {
			setTime(&b, f, u.temp.String(), u.step.Want)
		}
		return d.lookAtUploads(ctx, s, &b, live)
	})
	for _, u := range live {
		switch {
		case err != nil:
			u.keep = u.worthKeeping()
			u.fail(err)
		case u.stamp.err != nil:
			u.fail(u.stamp.err)
		case u.there.err != nil:
			u.fail(u.there.err)
		}
	}
}

// lookAtUploads asks for temporaries and targets, behind the commands that are
// in b already.
func (d *Directory) lookAtUploads(ctx context.Context, s *session, b *script, live []*upload) error {
	var places []place
	for _, u := range live {
		places = append(places, u.temp, u.target)
	}
	seen, err := d.lookAfter(ctx, s, b, places)
	for i, u := range live {
		u.stamp, u.there = seen[2*i], seen[2*i+1]
	}
	return err
}

// judge decides whether the temporary may take its place.
func (d *Directory) judge(u *upload) {
	if u.failed() {
		return
	}
	if u.short() {
		u.fail(&Error{Op: "STOR", Path: u.target.String(), Class: Retry,
			Err: fmt.Errorf("%d bytes were sent and the server holds %d", u.size, u.stamp.entry.Size)})
		return
	}
	if err := same(u.step.Path, u.step.Expect, u.there.entry); err != nil {
		u.fail(err)
		return
	}
	if u.step.Keep != "" && u.step.Keep == u.out.Sum {
		u.out.Kept, u.out.Entry = true, named(u.there.entry, u.step.Path, u.target.name)
	}
}

// named returns e with the spelling of p noted where it differs.
func named(e manifest.Entry, p manifest.Path, name string) manifest.Entry {
	e.Name = ""
	if name != p.Base() {
		e.Name = name
	}
	if e.Kind == manifest.Dir {
		return manifest.Entry{Kind: manifest.Dir, ID: e.ID, Name: e.Name, Precision: manifest.NoTime}
	}
	return e
}

// worthKeeping reports whether a later attempt may go on with the temporary.
func (u *upload) worthKeeping() bool {
	return u.worth() && u.temp.name != ""
}

// dropTemps removes the temporaries that did not come to their place, but for those
// that a later attempt can go on with. What a cancelled context leaves behind is
// for [Directory.Tidy].
func (d *Directory) dropTemps(ctx context.Context, ups []*upload) {
	var gone []place
	for _, u := range ups {
		switch {
		case !u.failed() && !u.out.Kept || u.temp.name == "":
		case u.keep || u.out.Ambiguous:
			d.temps.keep(u.temp, max(u.size, 1))
		default:
			u.spend()
		}
		gone = append(gone, u.spent...)
	}
	if len(gone) == 0 {
		return
	}
	var b script
	for _, at := range gone {
		b.add("DELE "+at.String(), nil)
		d.temps.end(at)
	}
	if err := d.pool.do(ctx, "removing temporaries", b.run); err != nil && ctx.Err() == nil {
		d.opts.Log.Info("temporaries were left behind", "count", len(gone), "because", err)
	}
}

// store writes the content of u to a temporary beside its place. On success the
// source has confirmed it; what the server holds is still to be looked at.
func (d *Directory) store(ctx context.Context, u *upload) {
	err := d.pool.do(ctx, "STOR", func(ctx context.Context, s *session) error {
		if u.temp.name != "" { // of an attempt that broke off
			u.resumeOwn(d)
		}
		u.plain = d.plainNames()
		err := d.storeOnce(ctx, s, u)
		var e *Error
		if errors.As(err, &e) && e.Code == 553 && !u.plain && !s.dead() {
			u.spend()
			u.plain = true
			if err = d.storeOnce(ctx, s, u); err == nil {
				d.f.see(seenHidden, false)
			}
		}
		return err
	})
	if err != nil {
		u.keep = u.worthKeeping() && !errors.Is(err, sync.ErrChanged) && !isFinal(err)
		u.fail(withRoom(err))
	}
}

// resumeOwn makes the temporary of an attempt that broke off one to go on with.
func (u *upload) resumeOwn(d *Directory) {
	if u.worthKeeping() && !u.again {
		d.temps.keep(u.temp, 1)
		u.temp = place{}
		return
	}
	u.spend()
}

// isFinal reports whether err is the server's last word.
func isFinal(err error) bool {
	class, ok := ClassOf(err)
	return ok && class != Retry && class != Busy
}

// plainNames reports whether the server has refused a name with a leading dot.
func (d *Directory) plainNames() bool {
	works, known := d.f.seen(seenHidden)
	return known && !works
}

func (d *Directory) storeOnce(ctx context.Context, s *session, u *upload) error {
	offset, err := d.openTemp(ctx, s, u)
	if err != nil {
		return err
	}
	src, err := u.step.Open(ctx, offset)
	if err != nil {
		return fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	defer src.Close()
	in := &intake{r: src, u: u, left: u.step.Want.Size - offset}
	if err := d.send(ctx, s, u, offset, in); err != nil {
		return err
	}
	u.size = offset + in.n
	source, err := src.Confirm(ctx)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return fmt.Errorf("%w: %w", sync.ErrSource, err)
	case source.Size != u.size:
		return fmt.Errorf("%w: %d bytes came, and it says it has %d", sync.ErrSource, u.size, source.Size)
	}
	u.out.Source, u.out.Sum = source, src.Sum()
	return nil
}

// send transfers what in holds. A lost reply is no error here: the look at the
// temporary tells.
func (d *Directory) send(ctx context.Context, s *session, u *upload, offset int64, in *intake) error {
	_, _, err := s.stor(ctx, u.temp.String(), offset, in)
	var e *Error
	switch {
	case in.err != nil:
		return fmt.Errorf("%w: %w", sync.ErrSource, in.err)
	case errors.As(err, &e) && e.Lost:
		return nil
	case errors.As(err, &e) && offset > 0 && e.Code >= 500:
		s.features().see(seenRestStor, false)
		u.again = true
		e.Class = Retry
	}
	return err
}

// openTemp chooses the name of the temporary and the offset to write at: behind
// the bytes that an earlier attempt from the same source left, or 0.
func (d *Directory) openTemp(ctx context.Context, s *session, u *upload) (int64, error) {
	mark := fingerprint(u.step.Path, u.step.Want)
	fresh := place{u.target.dir, manifest.TempName(newMark(mark), u.step.Path.Base(), u.plain)}
	if offset, err := d.goOn(ctx, s, u, mark, fresh); offset > 0 || err != nil {
		return offset, err
	}
	u.temp = fresh
	d.temps.begin(fresh)
	return 0, nil
}

// goOn takes over the temporary that an earlier attempt left, if there is one
// and the server can write behind its end. It gets a fresh name first, because
// the server may still be writing for the attempt that broke off.
func (d *Directory) goOn(ctx context.Context, s *session, u *upload, mark string, fresh place) (int64, error) {
	works, known := s.features().seen(seenRestStor)
	if u.again || !u.worth() || !s.features().rest || known && !works {
		return 0, nil
	}
	left, ok := d.temps.claim(u.target, mark)
	if !ok {
		return 0, nil
	}
	pair, err := s.rename(ctx, left, fresh)
	if err != nil {
		return 0, err
	}
	if !pair.done() {
		u.spent = append(u.spent, left)
		return 0, nil
	}
	u.temp = fresh
	d.temps.begin(fresh)
	seen, err := d.look(ctx, s, []place{fresh})
	if err != nil {
		return 0, err
	}
	size := seen[0].entry.Size
	if seen[0].err != nil || size > u.step.Want.Size {
		size = 0
	}
	if size == 0 {
		u.spend()
	}
	return size, nil
}

// worth reports whether the file is large enough to go on with.
func (u *upload) worth() bool {
	return u.step.Want.Size >= resumeFrom && u.step.Want.Precision != manifest.NoTime
}

// An intake reads the source of an upload, counts, and stops one that has grown.
type intake struct {
	r    sync.Source
	u    *upload
	left int64 // of what the source is to have
	n    int64
	err  error
}

func (in *intake) Read(p []byte) (int, error) {
	if in.err != nil {
		return 0, in.err
	}
	n, err := in.r.Read(p)
	in.n += int64(n)
	in.left -= int64(n)
	in.u.out.Bytes += int64(n)
	if n > 0 && in.u.step.Progress != nil {
		in.u.step.Progress(int64(n))
	}
	if in.left < 0 && err == nil {
		err = fmt.Errorf("it has grown beyond %d bytes: %w", in.u.step.Want.Size, sync.ErrChanged)
	}
	if err != nil && err != io.EOF {
		in.err = err
	}
	return n, err
}
