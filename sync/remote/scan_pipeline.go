package remote

import (
	"context"
	"time"

	"ferry/internal/ftp"
	"ferry/sync/remote/list"
)

// Limits of the questions for times that go out with the commands for the next listing:
// no reply is read while they are written.
const (
	mostTimesAhead = 100
	mostBytesAhead = 8 << 10
)

// A pipeline lists one folder after another on one session. The commands for the next
// folder go out as soon as the data of one has ended, before its final reply, so that a
// folder costs three round trips.
//
// It accepts only what came without any trouble. All other folders are left, and
// [walk.folder] begins with them anew.
type pipeline struct {
	*walk
	s    *ftp.Session
	left []*list.Folder

	sawEmpty bool // a folder seems to have lost everything: another session is to look again
	tooMany  bool // the tree has become too large
	began    time.Time
}

// yieldAfter is how long a pipeline keeps a session that another pair waits for.
const yieldAfter = time.Second

// more returns a folder to list next, nil where there is none, or the session is wanted.
func (p *pipeline) more() *list.Folder {
	if time.Since(p.began) > yieldAfter && p.pool.Wanted() {
		return nil
	}
	return p.queue.More()
}

// A pipelined listing is one listing of a pipeline.
type pipelined struct {
	f        *list.Folder
	form     ftp.ListForm
	download *ftp.Download
	raw      *ftp.Listing // how it ended; the transfer has its final reply
	over     bool         // accepted, or left

	l       list.Listing
	got     filtered
	fine    bool        // l could be read, and was filtered
	undated []int       // of got.items: those whose times the listing does not tell
	times   []ftp.Reply // about these; nil where the server was not asked
}

// pipeline lists f and what else is to be listed, until there is nothing more at the
// moment or something goes wrong. It returns the folders that are still to be listed. An
// error ends the scan.
func (w *walk) pipeline(ctx context.Context, f *list.Folder) (left []*list.Folder, err error) {
	s, err := w.borrow(ctx)
	if err != nil {
		return nil, err
	}
	defer w.pool.Return(s)
	if !s.Overlaps() {
		return []*list.Folder{f}, nil
	}
	p := &pipeline{walk: w, s: s, began: time.Now()}
	for v := p.begin(ctx, f, ftp.Batch{}, nil); v != nil; {
		v = p.next(ctx, v)
	}
	if p.sawEmpty {
		s.GiveUp()
	}
	return p.left, nil
}

// next reads v to its end and begins the folder after it. It returns nil where the
// pipeline ends.
func (p *pipeline) next(ctx context.Context, v *pipelined) (next *pipelined) {
	if p.tooMany {
		v.download.Abort()
		p.leave(v)
		return nil
	}
	var err error
	if v.raw, err = v.download.ReadListing(v.form, time.Now(), v.l.Add); err != nil {
		if ftp.IsFinal(err) {
			v.f.Why = err
		}
		p.leave(v)
		return nil
	}
	v.download.FinishLater()
	b := p.askTimes(v)
	if b.Len() > mostTimesAhead || b.Bytes() > mostBytesAhead {
		p.finish(ctx, v, b)
		b = ftp.Batch{}
	}
	if f := p.more(); f != nil && !p.s.Dead() {
		next = p.begin(ctx, f, b, func() { p.end(v) })
	} else if f != nil {
		p.left = append(p.left, f)
	}
	if !v.over {
		p.finish(ctx, v, b)
	}
	return next
}

// begin begins to list f after the commands of b. begun is called when those and the
// listing before are answered, and f is being listed. It returns nil where f is left.
func (p *pipeline) begin(ctx context.Context, f *list.Folder, b ftp.Batch, begun func()) *pipelined {
	v := &pipelined{f: f, form: p.s.Features().ListForm()}
	t := ftp.ListTransfer(p.names.Dir(f.Path), v.form)
	t.Before, t.Begun = b, begun
	t.Series, t.Many = true, p.queue.Waiting() >= ftp.PipelineFrom
	var err error
	if v.download, err = p.s.Receive(ctx, t); err != nil {
		p.leave(v)
		return nil
	}
	return v
}

// finish waits for the final reply to v, sends b, and ends v.
func (p *pipeline) finish(ctx context.Context, v *pipelined, b ftp.Batch) {
	err := p.s.CatchUp(ctx)
	if err == nil {
		err = b.Run(ctx, p.s)
	}
	if err != nil || p.s.Dead() && b.Len() > 0 {
		p.leave(v)
		return
	}
	p.end(v)
}

// leave leaves the folder of v to [walk.folder].
func (p *pipeline) leave(v *pipelined) {
	if !v.over {
		v.over = true
		p.left = append(p.left, v.f)
	}
}

// askTimes returns the questions for times that v does not tell. The listing is not
// known to be complete yet.
func (p *pipeline) askTimes(v *pipelined) (b ftp.Batch) {
	if v.form == ftp.FormMLSD || !p.filterOnce(v) {
		return b
	}
	v.undated = p.findUndated(&v.l, v.got.items)
	if !p.s.Features().HasMDTM() {
		return b
	}
	v.times = make([]ftp.Reply, len(v.undated))
	for k, i := range v.undated {
		if at := p.placeOf(v.got.items[i]).String(); ftp.CheckLine(at) == nil {
			b.Expect("MDTM "+at, &v.times[k])
		}
	}
	return b
}

// filterOnce filters what came, and reports false where [walk.folder] has to do that.
func (p *pipeline) filterOnce(v *pipelined) bool {
	if v.fine {
		return true
	}
	if v.raw.Readable() != nil {
		return false
	}
	asks := v.form == ftp.FormMLSD && p.s.Features().HasMDTM()
	for _, one := range v.l.Entries {
		if list.MayMask(one.Name) || one.NoSize || asks && one.Entry.IsFile() && showsNoTime(one.Entry) {
			return false
		}
	}
	v.fine, v.got = true, p.filter(v.f, &v.l)
	return true
}

// end accepts a listing that is complete, and leaves another one.
func (p *pipeline) end(v *pipelined) {
	if v.over {
		return
	}
	if !p.isComplete(v) {
		p.leave(v)
		return
	}
	if p.lostAll(v.f, &v.l) {
		v.f.SeenEmpty, p.sawEmpty = true, true
		p.leave(v)
		return
	}
	v.over = true
	p.note(v.f, &v.l, v.got)
	p.listed.SetMasking(v.f.Path, false)
	if v.times == nil {
		keepShownTimes(v.got.items, v.undated)
	} else {
		p.setTimes(v.got.items, v.undated, v.times)
	}
	if err := p.add(v.f, v.got.items); err != nil {
		v.f.Why, p.tooMany = err, true
		p.left = append(p.left, v.f)
		return
	}
	p.queue.Done()
}

// isComplete reports whether a listing is complete, and the server answered for the
// times or refused to.
func (p *pipeline) isComplete(v *pipelined) bool {
	t := v.download.Transfer
	v.raw.Final = t.Final
	if t.Err != nil || v.raw.Check() != nil || !p.filterOnce(v) || v.l.Doubts(v.form, p.s.Features(), p.hadDots(v.f)) || p.s.Features().ShowsSelf() && !v.l.Self {
		return false
	}
	for _, r := range v.times {
		if r.Code == 0 || ftp.MeansUnknownCommand(r) {
			return false
		}
	}
	return len(v.times) == 0 || p.s.Features().Proven(ftp.MDTMWorks) || !tellNoTime(v.times)
}
