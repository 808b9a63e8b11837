package ftp

import (
	"context"
	"slices"
)

// adapt puts a transfer into the form in which the server takes paths with a space. With
// bareNames it sends what precedes the transfer. refused is what the server refused of
// that: then the transfer must not begin, it would be in the wrong directory.
func (s *Session) adapt(ctx context.Context, t *Transfer, form spaceForm) (refused Reply, err error) {
	if form == wholePaths || !t.isSpaced() && !slices.ContainsFunc(t.Before.lines, isSpaced) {
		return refused, nil
	}
	if err := t.Before.Run(ctx, s); err != nil {
		return refused, err
	}
	t.Before = Batch{}
	if form == quotedPaths {
		for i, line := range t.cwd {
			t.cwd[i] = quoted(line)
		}
		t.Line = quoted(t.Line)
		return refused, nil
	}
	var way []string
	for _, line := range t.cwd {
		_, dir, _ := cutPath(line)
		way = append(way, components(dir)...)
	}
	t.cwd = nil
	if head, path, spaced := cutPath(t.Line); spaced {
		dir, name := splitAbs(path)
		way, t.Line = append(way, components(dir)...), head+name
	}
	r, err := s.untilRefused(way...)
	if err == nil && r.Refused() {
		refused = r
	}
	return refused, err
}

// isSpaced reports whether a command of the transfer itself has a path with a space.
func (t *Transfer) isSpaced() bool { return isSpaced(t.Line) || slices.ContainsFunc(t.cwd, isSpaced) }

// begin adapts a transfer and has run begin it. Where the server refuses its path, which
// has a space, it is begun once more in other forms. again reports whether that may be
// done: the content of an upload is read once.
func (s *Session) begin(ctx context.Context, t *Transfer, run func() error, again func() bool) error {
	line, cwd := t.Line, slices.Clone(t.cwd)
	attempt := func(form spaceForm) error {
		refused, err := s.adapt(ctx, t, form)
		switch {
		case err != nil:
			return err
		case refused.Code != 0:
			t.start = refused
			return s.Require(t.Op, t.Path, refused)
		}
		s.c.newTransfer(t)
		return run()
	}
	form := s.features.spaceForm()
	t.patient = t.upload && t.isSpaced() && s.features.suspects()
	err := attempt(form)
	if form != wholePaths || !t.isSpaced() {
		return err
	}
	lines := append(slices.Clone(cwd), line)
	if t.upload && !t.patient {
		return err // see learnSpaces
	}
	if !t.start.Refused() {
		for _, one := range lines {
			if isSpaced(one) && err == nil {
				s.features.noteSpaced(verbOf(one))
			}
		}
		return err
	}
	refuses := slices.ContainsFunc(lines, func(one string) bool {
		return s.features.mayRefuseSpaces(one, t.start) || isSpaced(one) && verbOf(one) == "CWD" && t.start.Code == 550 && s.features.Has(TakesSpaces)
	})
	for _, other := range []spaceForm{bareNames, quotedPaths} {
		if !refuses || s.Dead() || !again() {
			return err
		}
		first := t.start
		*t = Transfer{Op: t.Op, Path: t.Path, Line: line, cwd: slices.Clone(cwd), offset: t.offset, upload: t.upload,
			Begun: t.Begun, patient: t.patient}
		next := attempt(other)
		if next == nil || !t.start.Refused() {
			if t.start.Preliminary() {
				s.features.observeSpaceForm(other)
			}
			return next
		}
		t.start = first
	}
	for _, one := range lines {
		if isSpaced(one) {
			s.features.noteSpaced(verbOf(one)) // the space is not what it refuses
		}
	}
	return err
}

// learnSpaces returns the error of an upload. Where the server refused its path, which has
// a space, the content was sent all the same, in advance. Then the upload is worth another
// attempt, which does not do that and tries other forms.
func (s *Session) learnSpaces(t *Transfer, final Reply, err error) error {
	f := s.features
	e, refused := err.(*Error)
	switch {
	case t.patient || !t.isSpaced():
	case err == nil:
		f.noteSpaced(verbOf(t.Line))
	case refused && f.mayRefuseSpaces(t.Line, final):
		f.mu.Lock()
		f.suspectsSpaces = true
		f.mu.Unlock()
		e.Class = Retry
	}
	return err
}

// suspects reports whether an upload was refused, and maybe for the space in its path.
func (f *Features) suspects() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.suspectsSpaces && !f.spaced["STOR"]
}
