package remote

import (
	"bytes"
	"context"
	"strings"
)

// probe finds out on the first session which data mode works and which command
// lists best, by listing the root with MLSD, or where that cannot be the directory
// that the login led to: names in the root are anybody's, and with LIST one that
// ends in " ." or is "-a" would tell something wrong of the server. Of vsftpd it is
// known what LIST -a does, whatever the names are. It fails only where no data
// connection can be had or the connection broke. What it saw of the root it
// returns, nil for nothing.
func (s *session) probe(ctx context.Context) (*sight, error) {
	home, forms := "", []listForm{formLIST, formLISTa}
	best := formMLSD
	if s.f.vsftpd {
		forms = []listForm{formLISTa, formLIST} // it hides names unless a setting says otherwise
	}
	if s.f.vsftpd && !s.f.mlst {
		best = formLISTa
	}
	if s.f.mlst || s.f.vsftpd {
		t := listTransfer("", best)
		got := s.sights(t)
		raw, err := s.listBy(ctx, t)
		if err == nil && (best == formMLSD || showsItself(best, raw.data)) {
			s.f.listForm, s.f.dots = best, showsItself(best, raw.data)
			got.see(s.f, raw)
			return got, nil
		}
		if e, ok := err.(*Error); err != nil && (!ok || s.dead() || e.Code == 0) {
			return nil, err
		} else if ok && best == formMLSD && e.Class != Server {
			s.f.unsure = true
			return nil, nil // of this directory only
		}
		s.f.mlst = false
		if got != nil {
			if home, err = workingDirectory(s.c.home.text); err != nil {
				return nil, err
			}
		}
	}
	for _, form := range forms {
		raw, err := s.list(ctx, home, form)
		if err == nil && showsItself(form, raw.data) {
			s.f.listForm, s.f.dots = form, true
			return nil, nil
		}
		if e, ok := err.(*Error); err != nil && (!ok || s.dead() || e.Code == 0) {
			return nil, err
		}
	}
	s.f.listForm, s.f.dots = formLIST, false
	return nil, nil
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
