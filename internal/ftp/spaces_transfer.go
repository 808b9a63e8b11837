package ftp

import (
	"context"
	"ferry/internal/ftp/wire"
	"slices"
)

// isSpaced reports whether a command of the transfer itself has a path with a space.
func (t *Transfer) isSpaced() bool { return isSpaced(t.Line) || anySpaced(t.cwd) }

// setForm puts the commands of t into the form in which the server takes paths with a space.
func (t *Transfer) setForm(form spaceForm) {
	switch form {
	case quotedPaths:
		t.cwd, t.Line = quoted(t.cwd...), quoted(t.Line)[0]
	case bareNames:
		var lines []string
		for _, line := range append(slices.Clone(t.cwd), t.Line) {
			way, last := bare(line)
			lines = append(append(lines, way...), last)
		}
		t.cwd, t.Line = lines[:len(lines)-1], lines[len(lines)-1]
	}
}

// beginIn has run begin t, with its paths in this form.
func (s *Session) beginIn(ctx context.Context, form spaceForm, t *Transfer, run func() error) error {
	if form != wholePaths && anySpaced(t.Before.lines) {
		if err := t.Before.Run(ctx, s); err != nil {
			return err
		}
		t.Before = Batch{}
	}
	t.setForm(form)
	t.whole = form == wholePaths
	s.c.newTransfer(t)
	return run()
}

// begin has run begin t. Where the server refuses its path, which has a space, it is begun
// once more in other forms, but for an upload whose content went out in advance; see
// learnSpaces.
func (s *Session) begin(ctx context.Context, t *Transfer, run func() error) error {
	f, wanted, form := s.features, *t, s.features.spaceForm()
	taken, known := f.knownSpaced("STOR")
	t.patient = t.upload && t.isSpaced() && known && !taken
	wanted.patient, wanted.Before = t.patient, Batch{}
	err := s.beginIn(ctx, form, t, run)
	if form != wholePaths || !wanted.isSpaced() || t.upload && !t.patient {
		return err
	}
	lines := append(slices.Clone(t.cwd), t.Line)
	if !t.start.Refused() {
		for _, line := range lines {
			if err == nil && isSpaced(line) {
				f.noteSpaced(wire.Verb(line), true)
			}
		}
		return err
	}
	if !slices.ContainsFunc(lines, func(line string) bool { return f.mayRefuseSpaces(line, t.start, true) }) {
		return err
	}
	refused := *t
	for _, form := range otherForms {
		if s.Dead() {
			return err
		}
		*t = wanted
		next := s.beginIn(ctx, form, t, run)
		if t.start.Preliminary() {
			f.observeSpaceForm(form)
		}
		if !t.start.Refused() {
			return next
		}
	}
	*t = refused
	if isSpaced(t.Line) {
		f.noteSpaced(wire.Verb(t.Line), true) // the space is not what it refuses
	}
	return err
}

// learnSpaces returns the error of an upload. Where the server refused its path, which has
// a space, the content was sent all the same, in advance. Then the upload is worth another
// attempt, which waits for the server and tries other forms.
func (s *Session) learnSpaces(t *Transfer, final Reply, err error) error {
	e, refused := err.(*Error)
	switch {
	case t.patient || !t.whole || !isSpaced(t.Line):
	case err == nil:
		s.features.noteSpaced(wire.Verb(t.Line), true)
	case refused && s.features.mayRefuseSpaces(t.Line, final, true):
		s.features.noteSpaced(wire.Verb(t.Line), false)
		e.Class = Retry
	}
	return err
}
