package list

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"ferry/internal/ftp"
)

// An emptyRefusal is the refusal to list a directory that can mean that it is empty. That
// may be believed only where nothing is lost if it is not true.
type emptyRefusal struct{ error }

func (e *emptyRefusal) Unwrap() error { return e.error }

// Replies to the listing of an empty directory, and replies that cannot mean that.
var (
	emptyText  = regexp.MustCompile(`(?i)no (such )?(files?|entr|items?|data|match)|not found|empty|nothing|0 files|does ?n.t exist|not exist`)
	deniedText = regexp.MustCompile(`(?i)denied|permi|allow|access|forbid|unauthori|privilege|unable|fail`)
)

// maybeEmpty returns why a directory cannot be listed, as an [emptyRefusal] where it can be
// because nothing is in it: it can be entered before and after, and one reply says so or the
// other form shows an empty directory. second is the zero attempt where there is no other
// form.
func (ls Lister) maybeEmpty(ctx context.Context, s *ftp.Session, first, second attemptToList) error {
	if !seemsEmpty(first, second) {
		return first.err
	}
	entered, err := s.Command(ctx, "CWD "+first.dir)
	if err != nil || !entered.OK() {
		return first.err
	}
	return &emptyRefusal{first.err}
}

func seemsEmpty(first, second attemptToList) bool {
	if deniedText.MatchString(first.refusal.Text) || deniedText.MatchString(second.refusal.Text) {
		return false
	}
	switch {
	case first.refusal.Code != 450 && first.refusal.Code != 550:
		return false
	case second.l != nil:
		return true // the other form shows that
	case second.err != nil && !second.refusal.Refused():
		return false
	}
	return saysEmpty(first.refusal) || saysEmpty(second.refusal)
}

// saysEmpty reports whether the text of a refusal says that there is nothing to list, or gives
// no reason at all.
func saysEmpty(r ftp.Reply) bool {
	return emptyText.MatchString(r.Text) || r.Refused() && strings.TrimSpace(r.Text) == ""
}

// OrEmpty takes a listing, or a refusal that can mean that the directory is empty for one.
func OrEmpty(l *Listing, err error) (*Listing, error) {
	if e := (*emptyRefusal)(nil); errors.As(err, &e) {
		return new(Listing), nil
	}
	return l, err
}
