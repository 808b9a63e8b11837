package remote

import (
	"bytes"
	"context"
	"strings"
)

// probe finds out on the first session which data mode works and which command
// lists best, by listing the directory that the login led to. It fails only
// where no data connection can be had or the connection broke.
func (s *session) probe(ctx context.Context) error {
	if s.f.mlst {
		raw, err := s.list(ctx, "", formMLSD)
		if err == nil {
			s.f.listForm, s.f.dots = formMLSD, showsItself(formMLSD, raw.data)
			return nil
		}
		if e, ok := err.(*Error); !ok || s.dead() || e.Code == 0 {
			return err
		} else if e.Class != Server {
			return nil // of this directory only
		}
		s.f.mlst = false
	}
	for _, form := range []listForm{formLIST, formLISTa} {
		raw, err := s.list(ctx, "", form)
		if err == nil && showsItself(form, raw.data) {
			s.f.listForm, s.f.dots = form, true
			return nil
		}
		if e, ok := err.(*Error); err != nil && (!ok || s.dead() || e.Code == 0) {
			return err
		}
	}
	s.f.listForm, s.f.dots = formLIST, false
	return nil
}

// showsItself reports whether a listing has a line for the directory itself:
// with it, one that is cut or of another directory can be told.
func showsItself(form listForm, data []byte) bool {
	for line := range bytes.Lines(data) {
		text := strings.TrimRight(string(line), "\r\n")
		if form == formMLSD {
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
