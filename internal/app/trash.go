package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ferry/internal/app/retention"
	"ferry/internal/history"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/trashbin"
)

// Trash is what both sides of a pair keep of what was replaced or deleted.
type Trash struct {
	sides  [2]Store // nil: the side is not looked at, or is not there
	record *history.Recorder
	close  func() error
}

// A Trashed is something in the trash of one side.
type Trashed struct {
	Side sync.Side
	trashbin.Trashed
}

// Stamp is the directory of the trash that holds it, named after its time.
func (t Trashed) Stamp() string {
	stamp, _, _ := t.Inside()
	return stamp
}

// Trash opens the trash of those sides of a pair that are wanted.
func (o *Opener) Trash(ctx context.Context, p *Pair, wants func(sync.Side) bool) (*Trash, error) {
	sides, done, err := o.openSides(ctx, p, wants)
	if err != nil {
		return nil, err
	}
	return &Trash{sides, o.recorder(p, true), done}, nil
}

// Close lets go of the sides.
func (t *Trash) Close() error {
	t.record.End(nil, ExitOK, nil)
	return t.close()
}

// Older returns the time before which things are older than age, by the clocks of this
// machine and of the server. If these differ by hours, the error says so: one of them is
// wrong, and what looks old may be new.
func (t *Trash) Older(ctx context.Context, now time.Time, age time.Duration) (before time.Time, err error) {
	var server any
	if t.sides[sync.Remote] != nil {
		server = t.sides[sync.Remote]
	}
	now, err = trashbin.Now(ctx, now, server)
	var clock *trashbin.ClockError
	if errors.As(err, &clock) {
		err = &Error{Code: ExitUnsafe, Err: err, Hint: "set the clock that is wrong; \"ferry trash empty\" without --older-than removes everything"}
	}
	return now.Add(-age), err
}

// List returns what both sides keep, the latest first, whose stamp begins with when
// and that was put there before a time, if that is not zero.
func (t *Trash) List(ctx context.Context, when string, before time.Time) ([]Trashed, error) {
	var all []Trashed
	for i, side := range t.sides {
		if side == nil {
			continue
		}
		things, err := side.Trashed(ctx, before)
		if err != nil {
			return nil, err
		}
		for _, thing := range things {
			if found := (Trashed{sync.Side(i), thing}); strings.HasPrefix(found.Stamp(), when) {
				all = append(all, found)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Trashed) int { return b.When.Compare(a.When) })
	return all, nil
}

// Discard removes things for good, and returns how many bytes that freed. It goes on
// past what it cannot remove.
func (t *Trash) Discard(ctx context.Context, things []Trashed) (bytes int64, err error) {
	var errs []error
	for i, side := range t.sides {
		var mine []trashbin.Trashed
		for _, thing := range things {
			if thing.Side == sync.Side(i) {
				mine = append(mine, thing.Trashed)
			}
		}
		if side == nil || len(mine) == 0 {
			continue
		}
		n, err := retention.Discard(ctx, side, sync.Side(i), mine, t.record, "")
		bytes += n
		errs = append(errs, err)
	}
	return bytes, errors.Join(errs...)
}

// newest returns the newest version of a path, or of every path below it where it
// was a directory. things are the latest first.
func newest(things []Trashed, path manifest.Path) []Trashed {
	var below []Trashed
	seen := make(map[manifest.Path]bool)
	for _, t := range things {
		if t.Path == path && t.Entry.IsFile() {
			return []Trashed{t}
		}
		if t.Path.Within(path) && !seen[t.Path] {
			seen[t.Path] = true
			below = append(below, t)
		}
	}
	return below
}

// FindTrashed returns the newest version of what a person typed, see
// [Workspace.PathIn]; "." stands for everything, or for the directory that they are in. as,
// where it is not "", is the path to restore it to.
func (w Workspace) FindTrashed(p *Pair, things []Trashed, typed, as string) ([]Trashed, error) {
	path, err := w.PathIn(p, typed, func(path manifest.Path) bool { return path != manifest.Root && len(newest(things, path)) > 0 })
	switch {
	case filepath.Clean(typed) == "." && typed != "": // the path is the root, or no path
		path = manifest.Root
	case err != nil:
		return nil, err
	case path == manifest.Root:
		return nil, Usage(fmt.Errorf("%q names no file or directory", typed), "to restore everything, say so: ferry trash restore .")
	}
	found := newest(things, path)
	if len(found) == 0 {
		return nil, failed(fmt.Errorf("%s is not in the trash", path), "\"ferry trash\" lists what is")
	}
	if as == "" {
		return found, nil
	}
	to, err := parsePath(as)
	if err != nil {
		return nil, err
	}
	for i, t := range found {
		found[i].Path = t.Path.Rebase(path, to)
	}
	return found, nil
}
