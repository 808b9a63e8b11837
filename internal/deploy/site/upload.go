package site

import (
	"context"
	"errors"
	"fmt"
	"slices"
	stdsync "sync"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/internal/ftp/pool/sizing"
	"ferry/manifest"
	"ferry/sync"
)

// Another session for uploads is worth it from so many files, or so many bytes.
const (
	filesPerSession = 5
	bytesPerSession = 512 << 10
)

// An uploader stores files in the work directory over all sessions.
type uploader struct {
	*Server
	files []deploy.Upload
	done  func(i int, r deploy.Uploaded)
	late  bool // files follow whose upload can ask for the last ones

	mu   stdsync.Mutex
	next int
	full error           // there is no room left for any file
	made map[string]bool // directories of the work directory
	rest []*upload       // stored, and not looked at yet
}

// An upload is one file under way.
type upload struct {
	deploy.Upload
	index   int
	at      string // the absolute path that it is stored at
	resume  int64
	again   bool // it was sent a second time because the server did not hold all of it
	started bool // an attempt to store it was made
	lost    bool // the final reply did not come

	deflated bool // the last attempt went in MODE Z

	stage stage
	err   error
	seen  deploy.Look // where it is stored, when it was whole

	// What the questions of this moment were answered; see [uploader.ask].
	told     deploy.Look
	name     string // below the work directory, where it goes once it is whole
	keptAt   string // the absolute path of name
	renaming ftp.Renaming
	kept     deploy.Look
	moved    bool // a rename was sent: it may be carried out although no reply came
}

// A stage is what an upload waits for.
type stage uint8

const (
	stored  stage = iota // the look at what the server holds now
	whole                // the name that it keeps
	inDoubt              // a look at all of its places
	lost                 // another attempt to send it
	over
)

// Upload implements [deploy.Server].
func (srv *Server) Upload(ctx context.Context, files []deploy.Upload, done func(i int, r deploy.Uploaded)) error {
	if len(files) == 0 {
		return nil
	}
	if err := srv.protect(ctx); err != nil {
		return err
	}
	u := &uploader{Server: srv, files: files, done: done, made: make(map[string]bool)}
	size, early := int64(0), 0
	for _, f := range files {
		size += f.Size
		if f.Late == nil {
			early++
		}
	}
	u.late = early < len(files)
	workers := min(srv.pool.Size(sizing.SmallFiles), early, max(1, early/filesPerSession, int(size/bytesPerSession)))
	errs := make([]error, workers)
	var running stdsync.WaitGroup
	for k := range errs {
		running.Go(func() { errs[k] = u.work(ctx) })
	}
	running.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := errors.Join(errs...); err != nil || !u.late {
		return err
	}
	return u.storeLate(ctx)
}

// take returns the next file, nil where there is none.
func (u *uploader) take() *upload {
	u.mu.Lock()
	defer u.mu.Unlock()
	for u.next < len(u.files) && u.files[u.next].Late != nil {
		u.next++
	}
	if u.next == len(u.files) {
		return nil
	}
	u.next++
	return u.upload(u.next - 1)
}

// upload begins file number i.
func (u *uploader) upload(i int) *upload {
	f := &upload{Upload: u.files[i], index: i, resume: u.files[i].Resume}
	if f.err = u.full; f.err == nil {
		f.at, f.err = u.newPath(deploy.Work(f.Name))
	}
	return f
}

// finish tells what became of a file.
func (u *uploader) finish(f *upload, err error) {
	r := deploy.Uploaded{Name: f.Name, Seen: f.seen.Entry, Mode: f.seen.Mode, Err: err}
	if err != nil {
		r = deploy.Uploaded{Name: f.Name, Err: fmt.Errorf("storing %s: %w", f.Name, withFull(err))}
	} else if f.name != "" {
		r.Name = f.name
	}
	f.stage = over
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.full == nil && errors.Is(r.Err, sync.ErrFull) {
		u.full = err
	}
	u.done(f.index, r)
}

// work stores one file after another. What the server holds of a file is asked for, and the
// file is renamed, together with the commands for the next ones, at no cost.
func (u *uploader) work(ctx context.Context) error {
	var open []*upload // stored, and not over
	var fatal error
	for f := u.take(); f != nil && fatal == nil && ctx.Err() == nil; f = u.take() {
		if f.err == nil {
			f.err = u.store(ctx, f, open)
		}
		open = slices.DeleteFunc(open, isOver)
		switch {
		case f.err == nil && f.Unseen && !f.lost && !u.isLate():
			u.finish(f, nil)
		case f.err == nil:
			open = append(open, f)
		case errors.Is(f.err, sync.ErrFatal):
			fatal = f.err
			u.finish(f, f.err)
		default:
			u.finish(f, f.err)
		}
		if len(open) >= mostOpen {
			open = u.settle(ctx, open, false)
		}
	}
	if u.late && fatal == nil && canRide(open) {
		u.mu.Lock()
		u.rest = append(u.rest, open...)
		u.mu.Unlock()
		return nil
	}
	u.settle(ctx, open, true)
	return fatal
}

// mostOpen is how many files wait at most for a look and a rename.
const mostOpen = 32

func isOver(f *upload) bool { return f.stage == over }

// ask adds to b the next questions about each file.
func (u *uploader) ask(b *ftp.Batch, f *ftp.Features, open []*upload) (asked []*upload) {
	for _, one := range open {
		switch one.stage {
		case stored:
			queueLook(b, f, one.at, &one.told)
		case whole:
			one.renaming, one.moved = ftp.Renaming{}, true
			one.renaming.Queue(b, one.at, one.keptAt)
			if one.kept = (deploy.Look{}); !u.keeps(ftp.RenamesFiles) {
				queueLook(b, f, one.keptAt, &one.kept)
			}
		default:
			continue
		}
		asked = append(asked, one)
	}
	return asked
}

// accept takes the answers to ask.
func (u *uploader) accept(asked []*upload) {
	for _, f := range asked {
		switch {
		case f.stage == stored && f.told.Err == nil && f.told.Entry.IsFile() && f.told.Entry.Size == f.Size:
			u.isWhole(f, f.told)
		case f.stage == stored:
			f.stage = inDoubt
		case !f.renaming.Done():
			f.stage = inDoubt
		case u.keeps(ftp.RenamesFiles):
			u.finish(f, nil)
		case f.kept.Err == nil && f.kept.Entry.IsFile() && f.kept.Entry.Size == f.Size:
			u.features.Observe(ftp.RenamesFiles, true)
			u.finish(f, nil)
		default:
			f.stage = inDoubt
		}
	}
}

// isWhole notes that the server holds all of f, and chooses the name that it keeps.
func (u *uploader) isWhole(f *upload, seen deploy.Look) {
	f.seen, f.stage = seen, whole
	u.features.Observe(u.features.StatQuirk(), true)
	f.name = f.Name
	if f.Keep != nil {
		f.name = f.Keep(seen.Entry)
	}
	if f.name == f.Name {
		u.finish(f, nil)
		return
	}
	var err error
	if f.keptAt, err = u.newPath(deploy.Work(f.name)); err != nil {
		u.finish(f, err)
	}
}

// keeps reports whether the server was seen to do what it promises, at once.
func (srv *Server) keeps(promise ftp.Quirk) bool {
	holds, known := srv.features.Known(promise)
	return known && holds && !srv.isLate()
}

// rides reports whether questions may go out together with the next upload.
func (srv *Server) rides(s *ftp.Session) bool {
	_, commands := s.OneWrite()
	return commands > 1 && s.Features().CanStat() && !srv.isLate()
}

// unfinished returns an error for a file that the server does not hold whole.
func unfinished(f *upload, now manifest.Entry) error {
	if !now.Exists() {
		return &ftp.Error{Op: "STOR", Path: f.at, Class: ftp.Retry, Err: errors.New("the server said that it is stored, and it is not there")}
	}
	return &ftp.Error{Op: "STOR", Path: f.at, Class: ftp.Retry, Err: fmt.Errorf("%d bytes were sent and the server holds %d", f.Size, now.Size)}
}
