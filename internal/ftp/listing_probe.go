package ftp

import (
	"bytes"
	"context"
	"strings"
)

// probe finds out on the first session which data mode works and which command
// lists best, by listing the directory that the login led to. The root is not
// used: its names are anybody's, and with LIST one that ends in " ." or is "-a"
// would tell something wrong of the server. probe fails only where no data
// connection can be had or the connection broke.
func (s *Session) probe(ctx context.Context) error {
	forms := []ListForm{FormLIST, FormLISTAll}
	best := FormMLSD
	if s.features.Has(LIST_aShowsDotNames) {
		forms = []ListForm{FormLISTAll, FormLIST} // it hides names unless a setting says otherwise
	}
	if s.features.Has(LIST_aShowsDotNames) && !s.features.mlst {
		best = FormLISTAll
	}
	if s.features.mlst || s.features.Has(LIST_aShowsDotNames) {
		raw, err := s.List(ctx, "", best)
		if err == nil && (best == FormMLSD || showsItself(best, raw.Data)) {
			s.features.ListForm, s.features.ShowsSelf = best, showsItself(best, raw.Data)
			return nil
		}
		if e, ok := err.(*Error); err != nil && (!ok || s.Dead() || e.Code == 0) {
			return err
		} else if ok && best == FormMLSD && e.Class != Server {
			s.features.unsure = true
			return nil // of this directory only
		}
		s.features.mlst = false
	}
	for _, form := range forms {
		raw, err := s.List(ctx, "", form)
		if err == nil && showsItself(form, raw.Data) {
			s.features.ListForm, s.features.ShowsSelf = form, true
			return nil
		}
		if e, ok := err.(*Error); err != nil && (!ok || s.Dead() || e.Code == 0) {
			return err
		}
	}
	s.features.ListForm, s.features.ShowsSelf = FormLIST, false
	return nil
}

// showsItself reports whether a listing has a line for the directory itself:
// with it, one that is cut or of another directory can be told.
func showsItself(form ListForm, data []byte) bool {
	for line := range bytes.Lines(data) {
		text := strings.TrimRight(string(line), "\r\n")
		if form == FormMLSD {
			facts, _, _ := strings.Cut(strings.ToLower(text), " ")
			if strings.Contains(";"+facts, ";type=cdir;") {
				return true
			}
		} else if strings.HasPrefix(text, "d") && strings.HasSuffix(text, " .") {
			return true
		}
	}
	return false
}
