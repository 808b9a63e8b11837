package remote

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
func (s *session) probe(ctx context.Context) error {
	forms := []listForm{formLIST, formLISTa}
	best := formMLSD
	if s.f.vsftpd {
		forms = []listForm{formLISTa, formLIST} // it hides names unless a setting says otherwise
	}
	if s.f.vsftpd && !s.f.mlst {
		best = formLISTa
	}
	if s.f.mlst || s.f.vsftpd {
		raw, err := s.list(ctx, "", best)
		if err == nil && (best == formMLSD || showsItself(best, raw.data)) {
			s.f.listForm, s.f.dots = best, showsItself(best, raw.data)
			return nil
		}
		if e, ok := err.(*Error); err != nil && (!ok || s.dead() || e.Code == 0) {
			return err
		} else if ok && best == formMLSD && e.Class != Server {
			s.f.unsure = true
			return nil // of this directory only
		}
		s.f.mlst = false
	}
	for _, form := range forms {
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
