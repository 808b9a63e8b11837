package read

import (
	"context"
	stdsync "sync"

	"ferry/internal/ftp"
	"ferry/internal/ftp/modez"
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
	env
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
	Target   // At is known once the file is begun
	data     []byte
	download *ftp.Download // nil where nothing was to be transferred
	now      Answer

	over      bool // it was read, or could not be
	complete  bool // data is complete
	checked   bool // the server was asked again
	confirmed bool // and now holds its answer
}

// startReadAhead begins to read files; from is the index in the run of the first one.
func startReadAhead(ctx context.Context, e env, files []sync.Wanted, from int) *readAhead {
	a := &readAhead{env: e, from: from}
	a.changed = stdsync.NewCond(&a.mu)
	for _, w := range files {
		a.files = append(a.files, &aheadFile{Target: Target{Wanted: w}})
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
	s, err := a.server.Borrow(ctx)
	if err != nil {
		return
	}
	defer a.server.Return(s)
	if !s.Overlaps() || !s.Features().CanStat() {
		return
	}
	var due []*aheadFile // read, and not checked yet
	for i, f := range a.files {
		if f.Entry.Size > aheadFileSize {
			break
		}
		if f.At, err = a.server.Path(f.Wanted); err != nil {
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
	if f.Entry.Size > 0 { // an empty one may be a pipe, see [file.start]
		t := &ftp.Transfer{Op: "RETR", Path: f.At, Line: "RETR " + f.At, Size: f.Entry.Size}
		modez.Download(s, t, false)
		t.Series, t.Many = true, len(a.files) >= ftp.PipelineFrom
		questions, answers := a.questions(s, due)
		t.Before, t.Begun = questions, func() { a.confirm(due, answers()); due = nil }
		var err error
		if f.download, err = s.Receive(ctx, t); err != nil {
			return due
		}
		if f.data, err = f.download.ReadFile(f.Entry.Size); err != nil {
			return due
		}
		f.download.FinishLater()
	}
	a.change(func() { f.complete = true })
	return append(due, f)
}

// questions returns the commands that ask what the files in due are now, and the answers
// once these were carried out.
func (a *readAhead) questions(s *ftp.Session, due []*aheadFile) (b ftp.Batch, answers func() []Answer) {
	targets := make([]Target, len(due))
	for i, f := range due {
		targets[i] = f.Target
	}
	answers = a.server.Ask(&b, s, targets)
	return b, answers
}

// confirm notes the answers for the files in due.
func (a *readAhead) confirm(due []*aheadFile, answers []Answer) {
	a.change(func() {
		for i, f := range due {
			f.now, f.checked = answers[i], true
			f.confirmed = f.now.isKnown() && (f.download == nil || f.download.Transfer.Final.OK())
		}
	})
}

// check asks for the files in due while nothing else is to be read. It reports whether
// there was an answer.
func (a *readAhead) check(ctx context.Context, s *ftp.Session, due []*aheadFile) bool {
	if len(due) == 0 {
		return s.CatchUp(ctx) == nil
	}
	b, answers := a.questions(s, due)
	if b.Run(ctx, s) != nil {
		return false
	}
	a.confirm(due, answers())
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
	defer context.AfterFunc(ctx, func() { a.change(func() {}) })()
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
		held += a.files[k].Entry.Size
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
	return newAheadSource(a, f, i), nil
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
