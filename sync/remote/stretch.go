package remote

import (
	"context"
	"ferry/internal/ftp"
	"time"
)

// Limits of the questions for times that go out with the commands for the next
// listing: no reply is read while they are written.
const (
	riderLines = 100
	riderBytes = 8 << 10
)

// A stretch is what a worker lists on one session, one folder after another. The
// commands for the next folder go out as soon as the data of one has ended, before
// the server says how that went, so that a folder costs three round trips.
//
// It takes in only what came without any trouble; all else it leaves to
// [scan.folder], which begins from the start.
type stretch struct {
	sc   *scan
	s    *ftp.Session
	left []*folder

	doubts bool // a listing showed nothing where something was: another session is to look again
}

// A view is one listing of a stretch.
type view struct {
	f    *folder
	form ftp.ListForm
	d    *ftp.Download
	data []byte
	over bool // taken in, or left

	l    *dirListing // what came, once it was read
	got  sifted
	open []int       // of got.found: those whose times the server was asked for
	told []ftp.Reply // about these
}

// stretch lists f and what else is to be listed, until there is nothing more at
// the moment or something is not as it should be. It returns the folders that are
// still to be listed. An error is one that ends the scan.
func (sc *scan) stretch(ctx context.Context, f *folder) (left []*folder, err error) {
	s, err := sc.d.borrow(ctx)
	if err != nil {
		return nil, err
	}
	defer sc.d.pool.Return(s)
	if !s.Overlaps() {
		return []*folder{f}, nil
	}
	st := &stretch{sc: sc, s: s}
	v := st.begin(ctx, f, ftp.Batch{}, nil)
	for v != nil {
		v = st.next(ctx, v)
	}
	if st.doubts {
		s.GiveUp()
	}
	return st.left, nil
}

// next reads v to its end and begins the folder after it. It returns nil where
// the stretch is over.
func (st *stretch) next(ctx context.Context, v *view) (next *view) {
	var err error
	if v.data, err = v.d.ReadListing(); err != nil {
		st.leave(v)
		return nil
	}
	v.d.FinishLater()
	b := st.questions(v)
	if b.Len() > riderLines || b.Bytes() > riderBytes {
		st.conclude(ctx, v, b)
		b = ftp.Batch{}
	}
	if f := st.sc.more(); f != nil && !st.s.Dead() {
		next = st.begin(ctx, f, b, func() { st.end(v) })
	} else if f != nil {
		st.left = append(st.left, f)
	}
	if !v.over {
		st.conclude(ctx, v, b)
	}
	return next
}

// begin begins to list f. The commands of b go out before, and passed is called
// when they and the listing before are answered, and f is being listed. It returns
// nil where the folder is left.
func (st *stretch) begin(ctx context.Context, f *folder, b ftp.Batch, passed func()) *view {
	v := &view{f: f, form: st.s.Features().ListForm}
	t := ftp.ListTransfer(st.sc.d.names.dir(f.path), v.form)
	t.Before, t.Begun = b, passed
	t.Series, t.Many = true, st.sc.waiting() >= ftp.PipelineFrom
	var err error
	if v.d, err = st.s.Receive(ctx, t); err != nil {
		st.leave(v)
		return nil
	}
	return v
}

// conclude waits for the server's word on v, and for the replies to b.
func (st *stretch) conclude(ctx context.Context, v *view, b ftp.Batch) {
	err := st.s.CatchUp(ctx)
	if err == nil && b.Len() > 0 {
		err = b.Run(ctx, st.s)
	}
	if err != nil || st.s.Dead() && b.Len() > 0 {
		st.leave(v)
		return
	}
	st.end(v)
}

// leave leaves the folder of v to another way.
func (st *stretch) leave(v *view) {
	if !v.over {
		v.over = true
		st.left = append(st.left, v.f)
	}
}

// questions returns the questions for times that follow from what came, which is
// not known to be complete yet.
func (st *stretch) questions(v *view) (b ftp.Batch) {
	if v.form == ftp.FormMLSD || !st.digest(v) {
		return b
	}
	v.open = st.sc.undated(v.l, v.got.found)
	if !ftp.HasMDTM(st.s.Features()) {
		return b
	}
	v.told = make([]ftp.Reply, len(v.open))
	for k, i := range v.open {
		at := st.sc.d.names.place(v.got.found[i].path, v.got.found[i].name).String()
		if ftp.CheckLine(at) == nil {
			b.Expect("MDTM "+at, &v.told[k])
		}
	}
	return b
}

// digest reads what came. It reports false where that is not what a listing
// should be.
func (st *stretch) digest(v *view) bool {
	if v.l == nil {
		l, err := parseLines(v.form, v.data, time.Now())
		if err != nil || l.odd() {
			return false
		}
		v.l, v.got = l, st.sc.sift(v.f, l)
	}
	return true
}

// end takes in a listing that is complete.
func (st *stretch) end(v *view) {
	if v.over {
		return
	}
	final := v.d.Transfer.Final
	switch {
	case v.d.Transfer.Err != nil, ftp.CheckEnd(ftp.RawListing{Data: v.data, Final: final, Clean: v.d.Clean()}) != nil, !st.digest(v), ftp.CheckCount(final, v.l.lines) != nil,
		st.s.Features().ShowsSelf && !v.l.self, !v.answered():
		st.leave(v)
		return
	case st.sc.doubts(v.f, v.l):
		v.f.doubted, st.doubts = true, true
		st.leave(v)
		return
	}
	v.over = true
	st.sc.admit(v.f, v.l, v.got)
	st.sc.d.listed.setMasking(v.f.path, false)
	if v.told == nil {
		reshow(v.got.found, v.open)
	} else {
		st.sc.redate(v.got.found, v.open, v.told)
	}
	st.sc.plant(v.f, v.got.found)
	st.sc.finished()
}

// answered reports whether the server told what it was asked for, or refused to.
func (v *view) answered() bool {
	for _, r := range v.told {
		if r.Code == 0 || ftp.MeansUnknownCommand(r) {
			return false
		}
	}
	return true
}

// odd reports whether there are names that may stand for others; see
// [scan.unmask].
func (l *dirListing) odd() bool {
	for _, one := range l.entries {
		if mayMask(one.name) {
			return true
		}
	}
	return false
}
