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

// Limits of what is read before anybody asks for it.
const (
	aheadFileSize = 1 << 20 // bytes of one file
	aheadBytes    = 4 << 20 // of all files that nobody has read yet
	aheadFiles    = 32
)

// A readAhead reads the small files of a run into memory, one after another on one
// session. When the data of one has come, the question whether the file is still the
// same goes out in one piece with the commands for the next, so that a file costs three
// round trips in passive mode and two in active mode.
//
// It hands out only what came without any trouble. Every other file is read as a [file].
type readAhead struct {
	*server
	from   int // index in the run of its first file
	files  []*aheadFile
	cancel context.CancelFunc

	mu      stdsync.Mutex
	changed *stdsync.Cond
	wanted  int  // the first file that is still wanted
	halted  bool // no further file is wanted
	ended   bool // nothing more will come
}

// An aheadFile is one file of a readAhead. The flags are guarded by its mutex.
type aheadFile struct {
	want     sync.Wanted
	at       place
	data     []byte
	download *ftp.Download // nil where nothing was to be transferred
	now      stat

	over      bool // it was read, or could not be
	complete  bool // data is complete
	checked   bool // the server was asked again
	confirmed bool // and now holds its answer
}

// startReadAhead begins to read files; from is the index in the run of the first one.
func startReadAhead(ctx context.Context, srv *server, files []sync.Wanted, from int) *readAhead {
	a := &readAhead{server: srv, from: from}
	a.changed = stdsync.NewCond(&a.mu)
	for _, w := range files {
		a.files = append(a.files, &aheadFile{want: w, at: srv.names.at(w.Path, w.Entry)})
	}
	ctx, a.cancel = context.WithCancel(ctx)
	go func() {
		defer a.cancel()
		a.work(ctx)
		a.change(func() { a.ended = true })
	}()
	return a
}

// work reads the files in order, until one is too large or something goes wrong.
func (a *readAhead) work(ctx context.Context) {
	s, err := a.borrow(ctx)
	if err != nil {
		return
	}
	defer a.pool.Return(s)
	if !s.Overlaps() || !s.Features().CanStat() {
		return
	}
	var due []*aheadFile // read, and not checked yet
	for i, f := range a.files {
		if f.want.Entry.Size > aheadFileSize || checkPlace(f.at) != nil || a.dropsTrailingSpace(f.at.name) {
			break
		}
		if len(due) > 0 && !a.hasRoom(i) { // room may come only when those are checked
			if !a.check(ctx, s, due) {
				return
			}
			due = nil
		}
		if !a.waitForRoom(ctx, i) {
			break
		}
		due = a.read(ctx, s, f, due)
		if a.change(func() { f.over = true }); s.Dead() {
			return
		}
	}
	a.check(ctx, s, due)
}

// read reads a file and checks those in due meanwhile. It returns the files that are to
// be checked next.
func (a *readAhead) read(ctx context.Context, s *ftp.Session, f *aheadFile, due []*aheadFile) []*aheadFile {
	if f.want.Entry.Size > 0 { // an empty one may be a pipe, see [file.start]
		t := &ftp.Transfer{Op: "RETR", Path: f.at.String(), Line: "RETR " + f.at.String()}
		t.Series, t.Many = true, len(a.files) >= ftp.PipelineFrom
		t.Before, t.Begun = a.questions(s, due), func() { a.confirm(due); due = nil }
		var err error
		if f.download, err = s.Receive(ctx, t); err != nil {
			return due
		}
		if f.data, err = f.download.ReadFile(f.want.Entry.Size); err != nil {
			return due
		}
		f.download.FinishLater()
	}
	a.change(func() { f.complete = true })
	return append(due, f)
}

// questions returns the commands that ask what the files in due are now.
func (a *readAhead) questions(s *ftp.Session, due []*aheadFile) (b ftp.Batch) {
	for _, f := range due {
		queueStat(&b, s.Features(), f.at.String(), &f.now)
	}
	if len(due) > 0 {
		a.returnAfterStat(&b, s)
	}
	return b
}

// confirm notes that the questions for the files in due were answered.
func (a *readAhead) confirm(due []*aheadFile) {
	a.change(func() {
		for _, f := range due {
			f.checked = true
			f.confirmed = f.now.err == nil && !a.listed.isSpecial(f.at) && (f.download == nil || f.download.Transfer.Final.OK())
		}
	})
}

// check asks for the files in due while nothing else is to be read. It reports whether
// there was an answer.
func (a *readAhead) check(ctx context.Context, s *ftp.Session, due []*aheadFile) bool {
	if len(due) == 0 {
		return s.CatchUp(ctx) == nil
	}
	b := a.questions(s, due)
	if b.Run(ctx, s) != nil {
		return false
	}
	a.confirm(due)
	return true
}

// change makes a change that others may wait for.
func (a *readAhead) change(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
	a.changed.Broadcast()
}

// wait waits until ready returns true, or nothing more will come. The error is the cause
// of ctx. ready is called with a.mu held.
func (a *readAhead) wait(ctx context.Context, ready func() bool) error {
	defer wakeAfter(ctx, a.changed)()
	a.mu.Lock()
	defer a.mu.Unlock()
	for !ready() && !a.ended {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		a.changed.Wait()
	}
	return nil
}

// waitForRoom waits until there is room for file i. It returns false where the file is
// not wanted.
func (a *readAhead) waitForRoom(ctx context.Context, i int) bool {
	err := a.wait(ctx, func() bool { return a.halted || a.roomFor(i) })
	a.mu.Lock()
	defer a.mu.Unlock()
	return err == nil && ctx.Err() == nil && !a.halted
}

func (a *readAhead) hasRoom(i int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.roomFor(i)
}

// roomFor reports whether there is room for file i in memory. a.mu is held.
func (a *readAhead) roomFor(i int) bool {
	held := int64(0)
	for k := a.wanted; k < i; k++ {
		held += a.files[k].want.Entry.Size
	}
	return i-a.wanted < aheadFiles && held < aheadBytes
}

// open returns file i of the run, nil where it has to be read as a [file].
func (a *readAhead) open(ctx context.Context, i int) (sync.Source, error) {
	i -= a.from
	if i < a.wanted {
		return nil, nil // only open changes it, and its caller closes one file before the next
	}
	a.wantFrom(i)
	f := a.files[i]
	if err := a.wait(ctx, func() bool { return f.over }); err != nil {
		return nil, err
	}
	if !f.complete {
		return nil, nil
	}
	return &aheadSource{Reader: bytes.NewReader(f.data), a: a, f: f, i: i}, nil
}

// wantFrom notes that the files before i are not wanted any more.
func (a *readAhead) wantFrom(i int) { a.change(func() { a.wanted = max(a.wanted, i) }) }

// halt ends reading ahead after the file that is under way, and waits for that, so that
// others can have the session.
func (a *readAhead) halt(ctx context.Context) error {
	a.change(func() { a.halted = true })
	return a.wait(ctx, func() bool { return false })
}

// close ends reading ahead at once.
func (a *readAhead) close() {
	a.cancel()
	a.wait(context.Background(), func() bool { return false })
}

// An aheadSource is a file in memory. It implements [sync.Source].
type aheadSource struct {
	*bytes.Reader // of all of f
	a             *readAhead
	f             *aheadFile
	i             int
}

// Confirm implements [sync.Source].
func (m *aheadSource) Confirm(ctx context.Context) (manifest.Entry, error) {
	f := m.f
	if m.Len() > 0 {
		return manifest.Entry{}, fmt.Errorf("%w: %d bytes of %d were read", sync.ErrSource, len(f.data)-m.Len(), len(f.data))
	}
	if err := m.a.wait(ctx, func() bool { return f.checked }); err != nil {
		return manifest.Entry{}, err
	}
	if f.confirmed {
		return checkRead(f.want, f.now)
	}
	if err := m.a.halt(ctx); err != nil {
		return manifest.Entry{}, err
	}
	// A final reply that was lost, or that speaks of a broken connection, says less than
	// the number of bytes and the question that follows.
	if f.download != nil && f.download.Transfer.Final.Code != 0 && !f.download.Transfer.Final.OK() {
		if err := ftp.ReplyError("RETR", f.at.String(), f.download.Transfer.Final); isFinal(err) {
			return manifest.Entry{}, fmt.Errorf("%w: %w", sync.ErrSource, err)
		}
	}
	again := &file{server: m.a.server, ctx: ctx, want: f.want, at: f.at}
	return again.check()
}

// Sum implements [sync.Source]. The side that writes the content hashes it.
func (m *aheadSource) Sum() string { return "" }

// Close implements [io.Closer].
func (m *aheadSource) Close() error {
	m.a.wantFrom(m.i + 1)
	return nil
}
