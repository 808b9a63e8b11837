package local

import (
	"context"
	"fmt"
	"os"

	"ferry/manifest"
	"ferry/sync"
)

// Apply implements [sync.Replica].
func (d *Directory) Apply(ctx context.Context, run []sync.Step, done func(i int, out sync.Outcome)) {
	batch := &durableBatch{d: d, done: done, dirs: make(map[string]*os.File)}
	for i, s := range run {
		out := d.step(ctx, s, batch)
		if out.Err != nil {
			err := fmt.Errorf("%s %s: %w", s.Op, s.Path, out.Err)
			done(i, sync.Outcome{Err: err, Bytes: out.Bytes})
			continue
		}
		batch.hold(i, out)
	}
	batch.flush()
}

func (d *Directory) step(ctx context.Context, s sync.Step, batch *durableBatch) (out sync.Outcome) {
	if err := stopped(ctx); err != nil {
		return sync.Outcome{Err: err}
	}
	if err := checkStep(s); err != nil {
		return sync.Outcome{Err: err}
	}
	root, err := d.currentRoot()
	if err != nil {
		return sync.Outcome{Err: err}
	}
	switch s.Op {
	case sync.Put:
		return d.put(ctx, root, s, batch)
	case sync.MkDir:
		out.Entry, out.Err = d.mkdir(root, s, batch)
	case sync.Move:
		out.Entry, out.Err = d.move(root, s, batch)
	case sync.Remove:
		out.Err = d.remove(root, s, batch)
	case sync.RmDir:
		out.Err = d.rmdir(root, s, batch)
	case sync.MakeLink:
		out.Entry, out.Err = d.makeLink(root, s, batch)
	case sync.SetMode:
		out.Entry, out.Err = d.setMode(root, s)
	default:
		out.Err = fmt.Errorf("%w: step %d", sync.ErrUnsupported, s.Op)
	}
	return out
}

// checkStep returns an error for a step that no replica carries out: Put and
// Remove act on files only, and Move on files and directories only. Special files
// are left alone.
func checkStep(s sync.Step) error {
	switch e := s.Expect.Kind; {
	case (s.Op == sync.Put || s.Op == sync.Remove) && e != manifest.None && e != manifest.File,
		s.Op == sync.SetMode && e != manifest.File,
		s.Op == sync.Move && e != manifest.File && e != manifest.Dir:
		return fmt.Errorf("%w: expecting %s", sync.ErrUnsupported, e)
	}
	return nil
}
