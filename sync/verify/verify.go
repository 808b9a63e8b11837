package verify

import (
	"context"
	"fmt"
	"iter"

	"ferry/manifest"
	"ferry/sync"
)

// Run compares two sides. Of opts it uses what says which paths count and how many
// files are read at a time; the rest is set here. tell, which may be nil, hears how far
// the comparison has got, one call at a time. An error means that there is no result.
func Run(ctx context.Context, local, remote sync.Replica, opts sync.Options, tell func(Progress)) (Result, error) {
	for _, side := range [...]sync.Replica{local, remote} {
		root, err := side.Root(ctx, false)
		if err != nil {
			return Result{}, err
		}
		if root.Kind != manifest.Dir {
			return Result{}, fmt.Errorf("there is no directory %s to compare", root.Where)
		}
	}
	var result Result
	told := opts.Observer
	opts.Observer = func(ev sync.Event) {
		switch ev := ev.(type) {
		case sync.Scanned:
			result.doubt(ev.Side, ev.Problems)
		case sync.Doubted:
			result.doubt(ev.Side, ev.Problems)
		case sync.Planned:
			result.take(ev.Plan)
		}
		if told != nil {
			told(ev)
		}
	}
	opts.Policy = sync.Policy{Conflict: sync.LeaveAlone, NoMoves: true, Bounds: opts.Policy.Bounds}
	opts.DryRun, opts.Compare = true, true
	meter := &meter{tell: tell}
	sum, err := sync.New(&meteredSide{local, sync.Local, meter}, &meteredSide{remote, sync.Remote, meter}, noBase{}, opts).Sync(ctx)
	result.BytesDown, result.Seconds = sum.BytesDown, sum.Seconds
	return result, err
}

func (r *Result) doubt(side sync.Side, problems []manifest.Problem) {
	for _, p := range problems {
		r.Doubts = append(r.Doubts, Doubt{side, p})
	}
}

// noBase is a base without anything in it. It is never written.
type noBase struct{}

func (noBase) At(manifest.Path) (manifest.Pair, bool)                      { return manifest.Pair{}, false }
func (noBase) All() iter.Seq2[manifest.Path, manifest.Pair]                { return nothing }
func (noBase) Below(manifest.Path) iter.Seq2[manifest.Path, manifest.Pair] { return nothing }
func (noBase) Children(manifest.Path) iter.Seq2[manifest.Path, manifest.Pair] {
	return nothing
}
func (noBase) Len() int                               { return 0 }
func (noBase) Files() int                             { return 0 }
func (noBase) Set(manifest.Path, manifest.Pair) error { return errReadOnly }
func (noBase) Forget(manifest.Path) error             { return errReadOnly }
func (noBase) Rename(_, _ manifest.Path) error        { return errReadOnly }
func (noBase) Flush() error                           { return nil }
func (noBase) Roots() (local, remote string)          { return "", "" }
func (noBase) Part() bool                             { return false }
func (noBase) SetPart() error                         { return errReadOnly }
func (noBase) SetRoots(_, _ string) error             { return errReadOnly }

func nothing(func(manifest.Path, manifest.Pair) bool) {}

var errReadOnly = fmt.Errorf("a comparison records nothing")
