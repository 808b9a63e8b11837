package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A batch holds back the outcomes of steps until the directories that they
// changed are safe: a base that knows of a file whose name a loss of power took
// away again would take that for a deletion.
type batch struct {
	d       *Directory
	done    func(i int, out sync.Outcome)
	dirs    map[string]*os.File
	waiting []waiting
	since   time.Time
	bytes   int64
}

type waiting struct {
	i   int
	out sync.Outcome
}

// How much is held back at most.
const (
	batchSteps = 64
	batchBytes = 4 << 20
	batchTime  = 500 * time.Millisecond
)

// Apply implements [sync.Replica].
func (d *Directory) Apply(ctx context.Context, run []sync.Step, done func(i int, out sync.Outcome)) {
	b := &batch{d: d, done: done, dirs: make(map[string]*os.File)}
	for i, s := range run {
		out := d.step(ctx, s, b)
		if out.Err != nil {
			err := fmt.Errorf("%s %s: %w", s.Op, s.Path, out.Err)
			done(i, sync.Outcome{Err: err, Bytes: out.Bytes})
			continue
		}
		b.add(i, out)
	}
	b.flush()
}

func (d *Directory) step(ctx context.Context, s sync.Step, b *batch) (out sync.Outcome) {
	if err := stopped(ctx); err != nil {
		return sync.Outcome{Err: err}
	}
	if err := sensible(s); err != nil {
		return sync.Outcome{Err: err}
	}
	h, err := d.home(false)
	if err != nil {
		return sync.Outcome{Err: err}
	}
	switch s.Op {
	case sync.Put:
		return d.put(ctx, h, s, b)
	case sync.MkDir:
		out.Entry, out.Err = d.mkdir(h, s, b)
	case sync.Move:
		out.Entry, out.Err = d.move(h, s, b)
	case sync.Remove:
		out.Err = d.remove(h, s, b)
	case sync.RmDir:
		out.Err = d.rmdir(h, s, b)
	default:
		out.Err = fmt.Errorf("%w: step %d", sync.ErrUnsupported, s.Op)
	}
	return out
}

// sensible reports why s can be no step at all: a file is written over and
// removed in the place of a file, and special files are left alone.
func sensible(s sync.Step) error {
	switch e := s.Expect.Kind; {
	case (s.Op == sync.Put || s.Op == sync.Remove) && e != manifest.None && e != manifest.File,
		s.Op == sync.Move && e != manifest.File && e != manifest.Dir:
		return fmt.Errorf("%w: expecting %s", sync.ErrUnsupported, e)
	}
	return nil
}

// dirty says that names in pl changed; the batch takes over its directory.
func (b *batch) dirty(pl *place) {
	if b.dirs[pl.at] != nil || b.d.opts.NoSync {
		return
	}
	if f, err := pl.Open("."); err == nil {
		b.dirs[pl.at] = f
	} else {
		b.d.log.Warn("directory cannot be made safe", "path", pl.at, "error", err)
	}
}

func (b *batch) add(i int, out sync.Outcome) {
	if len(b.waiting) == 0 {
		b.since = time.Now()
	}
	b.waiting = append(b.waiting, waiting{i, out})
	b.bytes += out.Bytes
	if len(b.waiting) >= batchSteps || b.bytes >= batchBytes || time.Since(b.since) > batchTime {
		b.flush()
	}
}

// flush makes the directories safe and lets the outcomes go.
func (b *batch) flush() {
	var errs []error
	for at, f := range b.dirs {
		if err := syncDir(f); err != nil {
			errs = append(errs, fmt.Errorf("making directory %q safe: %w", at, err))
		}
		f.Close()
	}
	clear(b.dirs)
	err := errors.Join(errs...)
	for _, w := range b.waiting {
		if err != nil {
			w.out = sync.Outcome{Err: err, Bytes: w.out.Bytes, Ambiguous: true}
		}
		b.done(w.i, w.out)
	}
	b.waiting, b.bytes = nil, 0
}

func (d *Directory) mkdir(h *home, s sync.Step, b *batch) (manifest.Entry, error) {
	pl, err := d.place(h, s.Path.Parent())
	if err != nil {
		return manifest.Entry{}, err
	}
	defer pl.close()
	name := newName(s.Path, s.Want)
	if _, now, err := pl.look(d.names.name(s.Path)); err != nil || now.IsDir() {
		return d.named(s.Path, now, d.names.name(s.Path)), err
	}
	if err := checkNew(s.Path); err != nil {
		return manifest.Entry{}, err
	}
	if err := pl.Mkdir(name, 0o777); err != nil && !errors.Is(err, os.ErrExist) {
		return manifest.Entry{}, err
	}
	_, now, err := pl.expect(name, manifest.Entry{Kind: manifest.Dir})
	if err != nil {
		return manifest.Entry{}, err
	}
	b.dirty(pl)
	return d.named(s.Path, now, name), nil
}

// named returns e with the spelling of its name, and remembers that.
func (d *Directory) named(p manifest.Path, e manifest.Entry, name string) manifest.Entry {
	e.Name = ""
	if e.Exists() && name != p.Base() {
		e.Name = name
	}
	d.names.note(p, e.Name)
	return e
}
