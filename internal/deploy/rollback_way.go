package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ferry/internal/deploy/inverse"
	"ferry/manifest"
)

// A keptStep leads from the files of one release to those of another, by what release number
// has kept.
type keptStep struct {
	number        int
	there, before *Release
	changes       []Change
}

func (s *keptStep) from() int { return s.there.Content() }
func (s *keptStep) to() int   { return s.before.Content() }

// way finds the steps that make release to live, as few as can be, or the one to the release
// before where to is 0. All that they need was seen to be there.
func (r *run) way(ctx context.Context, to int) ([]keptStep, error) {
	content := r.state.Content()
	if to == content {
		return nil, fmt.Errorf("release %d is live already", to)
	}
	numbers, err := r.keptNumbers(ctx)
	if err != nil {
		return nil, err
	}
	why := fmt.Errorf("what release %d has replaced %w", content, ErrNotKept)
	if to > content {
		why = fmt.Errorf("release %d %w: release %d is live", to, ErrNotKept, content)
	}
	var reasons []error
	var steps []keptStep
	for _, n := range numbers {
		s, err := r.readStep(ctx, n)
		if errors.Is(err, ErrDamaged) {
			reasons = append(reasons, fmt.Errorf("what release %d keeps: %w", n, err))
			continue
		}
		if errors.Is(err, ErrNotKept) {
			continue
		}
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
		if to == 0 && s.from() == content && s.to() < content {
			way := []keptStep{s}
			if _, err := r.usable(ctx, way); !errors.Is(err, ErrNotKept) {
				return way, err
			} else {
				reasons = append(reasons, err)
			}
		}
	}
	for to != 0 {
		way := shortestWay(steps, content, to)
		if way == nil {
			break
		}
		bad, err := r.usable(ctx, way)
		if !errors.Is(err, ErrNotKept) {
			return way, err
		}
		reasons = append(reasons, err)
		steps = slices.DeleteFunc(steps, func(s keptStep) bool { return s.number == bad })
	}
	if len(reasons) > 0 {
		return nil, fmt.Errorf("%w (%w)", why, reasons[0])
	}
	return nil, why
}

// readStep reads what release n has kept.
func (r *run) readStep(ctx context.Context, n int) (s keptStep, err error) {
	s.number = n
	if s.there, err = r.readKept(ctx, n, "release"); err == nil {
		s.before, err = r.readKept(ctx, n, "state")
	}
	return s, err
}

// shortestWay returns the fewest steps between the files of two releases, nil where there is no
// way. Of equal ones, it is that of the latest releases; steps must be in that order.
func shortestWay(steps []keptStep, from, to int) []keptStep {
	by := map[int]keptStep{} // the step that leads to the files of a release
	for at := []int{from}; len(at) > 0; at = at[1:] {
		for _, s := range steps {
			if _, known := by[s.to()]; s.from() == at[0] && s.to() != from && !known {
				by[s.to()] = s
				at = append(at, s.to())
			}
		}
	}
	var way []keptStep
	for at := to; at != from; {
		s, ok := by[at]
		if !ok {
			return nil
		}
		way = append(way, s)
		at = s.from()
	}
	slices.Reverse(way)
	return way
}

// usable finds the changes of steps, and looks whether all is there that they need. The error
// wraps [ErrNotKept] where something is missing for certain, of the release bad.
func (r *run) usable(ctx context.Context, steps []keptStep) (bad int, err error) {
	var places []Place
	var of []int
	var paths []manifest.Path
	for i := range steps {
		s := &steps[i]
		if s.changes, err = inverse.Of(s.there, s.before, r.Policy.Class); err != nil {
			return s.number, notKept{err}
		}
		for _, c := range s.changes {
			if c.Kind == Put {
				places, of, paths = append(places, Work(c.From)), append(of, s.number), append(paths, c.Path)
			}
		}
	}
	if len(places) == 0 {
		return 0, nil
	}
	looks, err := r.Server.Look(ctx, places, false)
	if err != nil {
		return 0, err
	}
	for i, l := range looks {
		if l.Err != nil {
			return 0, fmt.Errorf("looking at %s in the work directory: %w", places[i].Path, l.Err)
		}
		if !l.Entry.IsFile() {
			return of[i], notKept{fmt.Errorf("the version of %q before release %d is gone: %s is not in the work directory", paths[i], of[i], places[i].Path)}
		}
	}
	return 0, nil
}

// A notKept is an error that is [ErrNotKept], and says it in its own words.
type notKept struct{ error }

func (notKept) Is(target error) bool { return target == ErrNotKept }
