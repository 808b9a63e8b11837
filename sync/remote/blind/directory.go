package blind

import (
	"context"
	"errors"
	"fmt"
	stdsync "sync"
	"sync/atomic"
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/trashbin"
)

// A Directory is a directory on a server that shows nothing. It implements
// [sync.Replica], and [trashbin.Bin] without a trash. All methods but Close may be called from
// several goroutines at once.
type Directory struct {
	server Server
	record *Record
	close  func() error

	trying    stdsync.Mutex // held while it is found out what RMD does
	mu        stdsync.Mutex
	made      map[string]bool // directories that were made, or tried, because what was to go there was refused
	first     atomic.Bool     // nothing was sent before, so that the root may have to be made
	goneNames atomic.Int64    // names to be removed of which the server said that they are not there
	keptDirs  atomic.Int64    // directories to be removed that were left where they are
}

var (
	_ sync.Replica = (*Directory)(nil)
	_ trashbin.Bin = (*Directory)(nil)
)

// New returns the directory at the root of a server, over the base of its passes. closeServer
// is called by Close.
func New(server Server, record *Record, closeServer func() error) *Directory {
	return &Directory{server: server, record: record, close: closeServer, made: make(map[string]bool)}
}

// errBlind is the answer to every question about what is there.
var errBlind = fmt.Errorf("this side is not looked at: %w", sync.ErrUnsupported)

// Root implements [sync.Replica]. The root counts as there.
func (d *Directory) Root(context.Context, bool) (sync.RootState, error) {
	return sync.RootState{Kind: manifest.Dir, Where: d.server.Where()}, nil
}

// Scan implements [sync.Replica]. The tree is what look.Past says.
func (d *Directory) Scan(_ context.Context, look sync.Look) (*manifest.Tree, error) {
	var b manifest.Builder
	if look.Past == nil || look.PastPaths == nil {
		return b.Tree(), nil
	}
	var paths []manifest.Path // the base must not be asked for one path while it yields all
	for p := range look.PastPaths() {
		paths = append(paths, p)
	}
	d.first.Store(len(paths) == 0)
	wanted := make(map[manifest.Path]bool)
	for _, dir := range look.Dirs {
		wanted[dir] = true
	}
	ignored := manifest.Root
	for _, p := range paths {
		e := look.Past(p)
		switch {
		case ignored != manifest.Root && p.Below(ignored), !e.Exists():
			continue
		case look.Ignores(p, e.IsDir()):
			ignored = p
			continue
		}
		d.server.Spell(p, e.Spelled(p))
		if look.Dirs == nil || wanted[p.Parent()] {
			b.Add(p, e)
		}
	}
	return b.Tree(), nil
}

// Gone implements [sync.Replica]: nothing can be told.
func (d *Directory) Gone(_ context.Context, paths []manifest.Path, _ []manifest.Entry) []error {
	answers := make([]error, len(paths))
	for i := range answers {
		answers[i] = errBlind
	}
	return answers
}

// SameInOtherCase implements [sync.Replica]: nothing can be told.
func (d *Directory) SameInOtherCase(context.Context, []sync.OtherCase) (bool, error) {
	return false, sync.ErrNoAnswer
}

// Links implements [sync.Replica]: nothing can be told, and none is made.
func (d *Directory) Links(_ context.Context, paths []manifest.Path) ([]string, bool, error) {
	return make([]string, len(paths)), false, nil
}

// Sum implements [sync.Replica].
func (d *Directory) Sum(context.Context, manifest.Path, manifest.Entry) (string, error) {
	return "", errBlind
}

// Reader implements [sync.Replica]. It opens no file.
func (d *Directory) Reader(context.Context, []sync.Wanted) sync.Reader { return noReader{} }

type noReader struct{}

func (noReader) Open(context.Context, int, int64) (sync.Source, error) { return nil, errBlind }
func (noReader) Close() error                                          { return nil }

// Leftovers implements [sync.Replica]: there are no temporaries.
func (d *Directory) Leftovers() bool { return false }

// Sweep implements [sync.Replica].
func (d *Directory) Sweep(context.Context, sync.Sweep) error { return nil }

// Tidy implements [sync.Replica]. It tells what was counted as done although nobody knows.
func (d *Directory) Tidy(context.Context) error {
	if n := d.goneNames.Swap(0); n > 0 {
		d.server.Notice(fmt.Sprintf("the server says that it does not have %d of the names that were to be deleted there: they count as deleted", n))
	}
	if n := d.keptDirs.Swap(0); n > 0 {
		d.server.Notice(fmt.Sprintf("directories that were to be removed on the server stay there, since RMD there removes what they hold as well: %d", n))
	}
	return nil
}

// Close implements [sync.Replica].
func (d *Directory) Close() error { return d.close() }

// Trashed implements [trashbin.Bin]: there is no trash.
func (d *Directory) Trashed(context.Context, time.Time) ([]trashbin.Trashed, error) { return nil, nil }

// Restore implements [trashbin.Bin].
func (d *Directory) Restore(context.Context, trashbin.Trashed) error { return errBlind }

// Discard implements [trashbin.Bin].
func (d *Directory) Discard(_ context.Context, things []trashbin.Trashed) (int64, error) {
	if len(things) > 0 {
		return 0, errBlind
	}
	return 0, nil
}

// Apply implements [sync.Replica], without a look at anything.
func (d *Directory) Apply(ctx context.Context, run []sync.Step, done func(i int, out sync.Outcome)) {
	err := d.record.doubt(run)
	for i, step := range run {
		var out sync.Outcome
		switch {
		case err != nil:
			out.Err = fmt.Errorf("recording what is begun: %w: %w", sync.ErrFatal, err)
		case ctx.Err() != nil:
			out.Err = context.Cause(ctx)
		case step.Op == sync.Put:
			out = d.put(ctx, step)
		case step.Op == sync.MkDir:
			out.Entry, out.Err = d.makeDir(ctx, step)
		case step.Op == sync.Remove:
			out.Err = d.remove(ctx, step)
		case step.Op == sync.RmDir:
			out.Err = d.removeDir(ctx, step)
		default:
			out.Err = errors.Join(sync.ErrUnsupported, errors.New("nothing is renamed on a server that is not looked at"))
		}
		if out.Err != nil {
			if step.Op == sync.MkDir {
				_ = d.record.notMade(step.Path) // what cannot be recorded ends the pass soon
			}
			out.Err, out.Entry = fmt.Errorf("%v %s: %w", step.Op, step.Path, out.Err), manifest.Entry{}
		}
		done(i, out)
	}
}

// entry returns what a step has left on the server, as far as that is known.
func entry(step sync.Step, kind manifest.Kind, size int64, path string) manifest.Entry {
	e := manifest.Entry{Kind: kind, Size: size, Precision: manifest.NoTime}
	if name := lastName(path); name != step.Path.Base() {
		e.Name = name
	}
	return e
}
