package list

import (
	"context"
	"slices"
	"strings"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
)

// Some servers promise MLSD and refuse it, or send lines that do not tell files from
// directories; some leave out names with a leading dot; and some refuse to list a
// directory because it is empty. A listing that can be one of these is looked at a second
// time, in another form. What is found out about the server is remembered.

// An attemptToList is what came of listing a directory in one form: a complete listing, or
// an error.
type attemptToList struct {
	dir     string
	form    ftp.ListForm
	l       *Listing // nil with an error
	err     error
	refusal ftp.Reply // of the listing of a directory that was entered; the zero reply: none
	unread  bool      // it came whole, and a line of it cannot be read
}

// A doubt is a reason to look at a directory a second time.
type doubt uint8

const (
	noDoubt  doubt = iota
	refused        // the server refuses to list it
	unread         // a line cannot be read
	padded         // all names begin with a space
	dotsLack       // names with a leading dot were there, and none is shown
)

// doubt returns the reason to doubt what came. hadDots tells whether names with a leading
// dot were in the directory; it may be nil.
func (try attemptToList) doubt(f *ftp.Features, hadDots func() bool) doubt {
	switch isMLSD := try.form == ftp.FormMLSD; {
	case try.refusal.Refused():
		return refused
	case isMLSD && try.unread && !f.Proven(ftp.MLSDWorks):
		return unread
	case try.err != nil:
		return noDoubt
	case isMLSD && try.l.isPadded() && !f.Proven(ftp.MLSDWorks):
		return padded
	case hadDots != nil && lacksDots(try.form, f) && !try.l.showsDots() && hadDots():
		return dotsLack
	}
	return noDoubt
}

// Doubts reports whether [Lister.List] must look a second time at what came in a form. If
// not, it notes what the listing shows of the server.
func (l *Listing) Doubts(form ftp.ListForm, f *ftp.Features, hadDots func() bool) bool {
	try := attemptToList{form: form, l: l}
	if try.doubt(f, hadDots) != noDoubt {
		return true
	}
	try.prove(f)
	return false
}

// lacksDots reports whether a form of the server may leave out names with a leading dot.
func lacksDots(form ftp.ListForm, f *ftp.Features) bool {
	return form != ftp.FormLISTAll && !f.Proven(ftp.ListsDotNames)
}

// prove notes what a complete listing shows of the server.
func (try attemptToList) prove(f *ftp.Features) {
	if try.err != nil {
		return
	}
	if try.form == ftp.FormMLSD && len(try.l.Entries) > 0 && !try.l.isPadded() && !f.Proven(ftp.MLSDWorks) {
		f.ProveMLSD(try.l.Self)
	}
	if _, known := f.Known(ftp.ListsDotNames); !known && try.l.showsDots() {
		f.Observe(ftp.ListsDotNames, true)
	}
}

// isPadded reports whether all names begin with a space: a server may send more of them
// before a name than it should.
func (l *Listing) isPadded() bool {
	return len(l.Entries) > 0 && !slices.ContainsFunc(l.Entries, func(one Line) bool { return !strings.HasPrefix(one.Name, " ") })
}

func (l *Listing) showsDots() bool {
	return slices.ContainsFunc(l.Entries, func(one Line) bool { return strings.HasPrefix(one.Name, ".") })
}

// lookAgain lists the directory of first in other forms, and returns what both say of it.
func (ls Lister) lookAgain(ctx context.Context, s *ftp.Session, first attemptToList, why doubt) (*Listing, error) {
	if why == dotsLack {
		return ls.lookForDots(ctx, s, first)
	}
	if first.form != ftp.FormMLSD || ls.Format != listing.Auto { // there is no other form
		return nil, ls.maybeEmpty(ctx, s, first, attemptToList{})
	}
	form, self, err := s.LISTForm(ctx, first.dir)
	if err != nil {
		return first.l, first.err
	}
	second := ls.listBy(ctx, s, first.dir, form)
	switch whole := second.err == nil && len(second.l.Entries) > 0; {
	case why == padded:
		if whole && !second.l.isPadded() && sameButPadded(first.l, second.l) {
			s.Features().GiveUpMLSD(ftp.MLSDPadsNames, form, self)
			return second.l, nil
		}
		return first.l, nil
	case whole && why == unread:
		s.Features().GiveUpMLSD(ftp.MLSDTellsNoKinds, form, self)
		return second.l, nil
	case whole && ls.mayGiveUpMLSD(s.Features(), first):
		s.Features().GiveUpMLSD(ftp.AnswersMLSDWith(first.refusal.Code), form, self)
		return second.l, nil
	case why == refused && !whole:
		return nil, ls.maybeEmpty(ctx, s, first, second)
	}
	return nil, first.err
}

// mayGiveUpMLSD reports whether a directory that MLSD refuses to list, and LIST does not,
// shows that MLSD does not work at all: it never has, or it is the root. A refusal in one
// directory alone says nothing about the server.
func (ls Lister) mayGiveUpMLSD(f *ftp.Features, first attemptToList) bool {
	return first.refusal.Code/100 == 5 && (!f.Proven(ftp.MLSDWorks) || first.dir == ls.Root)
}

// sameButPadded reports whether all names of l but for the spaces before them are those of m.
func sameButPadded(l, m *Listing) bool {
	if len(l.Entries) != len(m.Entries) {
		return false
	}
	var names, others []string
	for i := range l.Entries {
		names = append(names, strings.TrimLeft(l.Entries[i].Name, " "))
		others = append(others, m.Entries[i].Name)
	}
	slices.Sort(names)
	slices.Sort(others)
	return slices.Equal(names, others)
}

// lookForDots looks for names with a leading dot in other forms than the one of first, and
// returns the listing that shows some, or first.
func (ls Lister) lookForDots(ctx context.Context, s *ftp.Session, first attemptToList) (*Listing, error) {
	for _, form := range []ftp.ListForm{ftp.FormLISTAll, ftp.FormLIST} {
		if form == first.form {
			continue
		}
		second := ls.listBy(ctx, s, first.dir, form)
		if s.Dead() || ctx.Err() != nil {
			break
		}
		if second.err == nil && second.l.showsDots() && shows(second.l, first.l) {
			f := s.Features()
			f.UseForm(form, second.l.Self)
			f.Observe(ftp.ListsDotNames, false)
			return second.l, nil
		}
	}
	return first.l, first.err
}

// shows reports whether l has all names of m.
func shows(l, m *Listing) bool {
	names := make(map[string]bool, len(l.Entries))
	for _, one := range l.Entries {
		names[one.Name] = true
	}
	return !slices.ContainsFunc(m.Entries, func(one Line) bool { return !names[one.Name] })
}
