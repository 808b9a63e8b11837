package remote

import (
	"bytes"
	"context"
	"fmt"
	stdsync "sync"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// What is read before anybody asks for it, at most.
const (
	fetchFile  = 1 << 20 // bytes of one file
	fetchBytes = 4 << 20 // of all files that nobody has read yet
	fetchFiles = 32
)

// A prefetch reads the small files of a run, one after another on one session, into
// memory. When the data of one has come, the question whether the file is still
// the same goes out in one piece with the commands for the next, so that a file
// costs three round trips in passive mode and two in active mode.
//
// It hands out only what came without any trouble. A file that it failed at, and
// whatever it did not come to, is read in another way (see [file]).
type prefetch struct {
	d      *Directory
	run    []sync.Wanted
	from   int // index in run of its first file
	files  []*fetched
	cancel context.CancelFunc
	ended  chan struct{}

	mu      stdsync.Mutex
	changed *stdsync.Cond
	read    int  // the first file that is still wanted
	halted  bool // nothing more is
}

// A fetched is one file of a prefetch.
type fetched struct {
	want  sync.Wanted
	at    place
	data  []byte
	d     *ftp.Download // nil where nothing was to be transferred
	now   stat
	whole chan struct{} // closed when data is all there, or will not be
	sure  chan struct{} // closed when the server was asked again, or will not be
	ended bool          // whole is closed; only work looks at it
	came  bool          // after whole: data is all there
	asked bool          // after sure: now holds the answer
}

func newPrefetch(ctx context.Context, d *Directory, run []sync.Wanted, from int) *prefetch {
	x := &prefetch{d: d, run: run, from: from, ended: make(chan struct{})}
	x.changed = stdsync.NewCond(&x.mu)
	for _, w := range run[from:] {
		x.files = append(x.files, &fetched{want: w, at: d.names.at(w.Path, w.Entry),
			whole: make(chan struct{}), sure: make(chan struct{})})
	}
	ctx, x.cancel = context.WithCancel(ctx)
	go x.work(ctx)
	return x
}

// work fetches the files in order, until one is too large, or something is not as
// it should be.
func (x *prefetch) work(ctx context.Context) {
	defer x.cancel()
	defer close(x.ended)
	defer x.giveUp()
	defer wakeAfter(ctx, x.changed)()
	s, err := x.d.borrow(ctx)
	if err != nil {
		return
	}
	defer x.d.pool.Return(s)
	if !s.Overlaps() || !ftp.CanStat(s.Features()) {
		return
	}
	var due []*fetched
	for i, f := range x.files {
		if f.want.Entry.Size > fetchFile || checkPlace(f.at) != nil || x.d.dropsTrailingSpace(f.at.name) {
			break
		}
		if len(due) > 0 && x.isFull(i) { // room may come only when those are answered for
			if !x.conclude(ctx, s, due) {
				return
			}
			due = nil
		}
		if !x.room(ctx, i) {
			break
		}
		due = x.one(ctx, s, f, due)
		if f.end(); s.Dead() {
			return
		}
	}
	x.conclude(ctx, s, due)
}

// one fetches a file. It asks for those in due, whose data has come, and returns
// those that are to be asked for next.
func (x *prefetch) one(ctx context.Context, s *ftp.Session, f *fetched, due []*fetched) []*fetched {
	if f.want.Entry.Size == 0 { // a pipe may be listed so, and asking for its content would hang
		f.came = true
		return append(due, f)
	}
	t := &ftp.Transfer{Op: "RETR", Path: f.at.String(), Line: "RETR " + f.at.String()}
	t.Series, t.Many = true, len(x.files) >= ftp.PipelineFrom
	t.Before, t.Begun = x.questions(s, due), func() { x.settle(due); due = nil }
	var err error
	if f.d, err = s.Receive(ctx, t); err != nil {
		return due
	}
	if f.data, err = f.d.ReadFile(f.want.Entry.Size); err != nil {
		return due
	}
	f.d.FinishLater()
	f.came = true
	return append(due, f)
}

// questions returns what is to be asked for the files in due.
func (x *prefetch) questions(s *ftp.Session, due []*fetched) (b ftp.Batch) {
	for _, f := range due {
		queueStat(&b, s.Features(), f.at.String(), &f.now)
	}
	if len(due) > 0 {
		x.d.returnAfterStat(&b, s)
	}
	return b
}

// settle notes that the questions for the files in due were answered.
func (x *prefetch) settle(due []*fetched) {
	for _, f := range due {
		f.asked = f.now.err == nil && !x.d.listed.isSpecial(f.at) && (f.d == nil || f.d.Transfer.Final.OK())
		close(f.sure)
	}
}

// conclude asks for the files in due, behind which nothing goes out for now. It
// reports whether there was an answer.
func (x *prefetch) conclude(ctx context.Context, s *ftp.Session, due []*fetched) bool {
	if len(due) == 0 {
		return s.CatchUp(ctx) == nil
	}
	b := x.questions(s, due)
	if b.Run(ctx, s) != nil {
		return false
	}
	x.settle(due)
	return true
}

// room waits until there is room for file i, and is false where it is not wanted.
func (x *prefetch) room(ctx context.Context, i int) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for !x.halted && ctx.Err() == nil && x.full(i) {
		x.changed.Wait()
	}
	return !x.halted && ctx.Err() == nil
}

// full reports whether as much as may be is in memory before file i. x.mu is held.
func (x *prefetch) full(i int) bool {
	if i-x.read >= fetchFiles {
		return true
	}
	held := int64(0)
	for k := x.read; k < i; k++ {
		held += x.files[k].want.Entry.Size
	}
	return held >= fetchBytes
}

// isFull is full for one who does not hold x.mu.
func (x *prefetch) isFull(i int) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.full(i)
}

// wants notes that the files before i are not wanted any more.
func (x *prefetch) wants(i int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.read = max(x.read, i)
	x.changed.Broadcast()
}

// end ends the wait for the content of f, which is there or will not be.
func (f *fetched) end() {
	if !f.ended {
		f.ended = true
		close(f.whole)
	}
}

// giveUp ends the wait for all that did not come.
func (x *prefetch) giveUp() {
	for _, f := range x.files {
		f.end()
		select {
		case <-f.sure:
		default:
			close(f.sure)
		}
	}
}

// open returns file i of the run, nil where it has to be read in another way.
func (x *prefetch) open(ctx context.Context, i int) (*inMemory, error) {
	i -= x.from
	if i < x.read {
		return nil, nil // only open changes it, and its caller closes one file before the next
	}
	x.wants(i)
	f := x.files[i]
	select {
	case <-f.whole:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if !f.came {
		return nil, nil
	}
	return &inMemory{Reader: bytes.NewReader(f.data), x: x, f: f, i: i}, nil
}

// halt ends the prefetch after the file that is under way, and waits for that, so
// that its session is there for others.
func (x *prefetch) halt(ctx context.Context) error {
	x.mu.Lock()
	x.halted = true
	x.changed.Broadcast()
	x.mu.Unlock()
	select {
	case <-x.ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// close ends the prefetch at once.
func (x *prefetch) close() {
	x.cancel()
	<-x.ended
}

// inMemory is a file that was fetched. It implements [sync.Source].
type inMemory struct {
	*bytes.Reader // of all of f
	x             *prefetch
	f             *fetched
	i             int
}

// Confirm implements [sync.Source].
func (m *inMemory) Confirm(ctx context.Context) (manifest.Entry, error) {
	f := m.f
	if m.Len() > 0 {
		return manifest.Entry{}, fmt.Errorf("%w: %d bytes of %d were read", sync.ErrSource, len(f.data)-m.Len(), len(f.data))
	}
	select {
	case <-f.sure:
	case <-ctx.Done():
		return manifest.Entry{}, context.Cause(ctx)
	}
	if f.asked {
		if err := unchanged(f.want.Path, f.want.Entry, f.now.entry); err != nil {
			return manifest.Entry{}, err
		}
		return withDetails(f.want.Entry, f.now.entry), nil
	}
	if err := m.x.halt(ctx); err != nil {
		return manifest.Entry{}, err
	}
	if err := f.refused(); err != nil {
		return manifest.Entry{}, fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	again := &file{d: m.x.d, ctx: ctx, want: f.want, at: f.at}
	return again.look()
}

// refused returns an error where the server's last word on the transfer is that it
// went wrong. A reply that was lost, or that speaks of a broken connection, says
// less than the number of bytes and a look.
func (f *fetched) refused() error {
	if f.d == nil || f.d.Transfer.Final.Code == 0 || f.d.Transfer.Final.OK() {
		return nil
	}
	if err := ftp.ReplyError("RETR", f.at.String(), f.d.Transfer.Final); isFinal(err) {
		return err
	}
	return nil
}

// Sum implements [sync.Source]. The one who writes the content makes its sum.
func (m *inMemory) Sum() string { return "" }

// Close implements [io.Closer].
func (m *inMemory) Close() error {
	m.x.wants(m.i + 1)
	return nil
}
