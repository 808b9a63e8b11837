package ftp

import (
	"context"
	"time"

	"ferry/internal/ftp/listing"
)

// Probe finds out, on the first session, which data mode works and which command
// lists best. It lists the login directory. The root of the pair would not do: with
// LIST a file in it whose name is "-a" or ends in " ." would suggest something wrong
// about the server. Probe fails only where no data connection can be opened or the
// control connection breaks.
func (s *Session) Probe(ctx context.Context) error {
	forms := []ListForm{FormLIST, FormLISTAll}
	best := FormMLSD
	if s.features.Has(LIST_aShowsDotNames) {
		forms = []ListForm{FormLISTAll, FormLIST} // LIST hides names, depending on a setting
	}
	if s.features.Has(LIST_aShowsDotNames) && !s.features.mlst {
		best = FormLISTAll
	}
	if s.features.mlst || s.features.Has(LIST_aShowsDotNames) {
		shown, err := s.listToSee(ctx, best)
		if err == nil && (best == FormMLSD || shown) {
			s.features.listForm, s.features.showsSelf = best, shown
			return nil
		}
		if e, ok := err.(*Error); err != nil && (!ok || s.Dead() || e.Code == 0) {
			return err
		} else if ok && best == FormMLSD && e.Class != Server {
			s.features.unsure = true
			return nil // this may be true of the login directory only
		}
		s.features.mlst = false
	}
	for _, form := range forms {
		shown, err := s.listToSee(ctx, form)
		if err == nil && shown {
			s.features.listForm, s.features.showsSelf = form, true
			return nil
		}
		if e, ok := err.(*Error); err != nil && (!ok || s.Dead() || e.Code == 0) {
			return err
		}
	}
	s.features.listForm, s.features.showsSelf = FormLIST, false
	return nil
}

// listToSee lists the login directory, and reports whether the listing has a line for the
// directory itself. Where all listings of a server do, one without it is cut or lists
// another directory.
func (s *Session) listToSee(ctx context.Context, form ListForm) (showsItself bool, err error) {
	_, err = s.List(ctx, "", form, time.Now(), func(e listing.Entry) {
		showsItself = showsItself || e.Kind == listing.CurrentDir
	})
	return showsItself, err
}
