package ftp

import (
	"context"
	"fmt"
	"strings"
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
	if format := s.c.opts.ListFormat; format != listing.Auto {
		return s.probeForced(ctx, format, forms)
	}
	if s.features.Has(LIST_aShowsDotNames) {
		forms = []ListForm{FormLISTAll, FormLIST} // LIST hides names, depending on a setting
	}
	if s.features.mlst {
		shown, err := s.listToSee(ctx, FormMLSD)
		if err == nil && shown.mlsdFault() == "" {
			s.features.UseForm(FormMLSD, shown.self)
			return nil
		}
		return s.probeWithoutMLSD(ctx, shown, err, forms)
	}
	form, shown, err := s.firstForm(ctx, forms)
	if err == nil {
		s.features.UseForm(form, shown.self)
	}
	return err
}

// probeForced is Probe where the user names the format. It is not remembered.
func (s *Session) probeForced(ctx context.Context, format listing.Format, forms []ListForm) error {
	if format == listing.Facts {
		forms = []ListForm{FormMLSD}
	}
	form, shown, err := s.firstForm(ctx, forms)
	if err != nil {
		return err
	}
	if format == listing.Facts {
		form = FormMLSD
	}
	s.features.UseForm(form, shown.self)
	s.features.unsure = true
	return nil
}

// probeWithoutMLSD finds out whether MLSD is at fault where it was refused or showed odd
// lines. LIST then shows something in the login directory, and in the usual way. An empty
// one proves nothing: some servers refuse to list those.
func (s *Session) probeWithoutMLSD(ctx context.Context, odd probed, refused error, forms []ListForm) error {
	e, ok := refused.(*Error)
	if endsProbe(s, refused) || refused != nil && !ok {
		return refused
	}
	form, shown, err := s.firstForm(ctx, forms)
	if err != nil {
		return err
	}
	good := shown.entries > 0 && shown.padded < shown.entries && !shown.unread
	switch {
	case e == nil && good:
		s.features.GiveUpMLSD(odd.mlsdFault(), form, shown.self)
	case e == nil:
		s.features.UseForm(FormMLSD, odd.self)
	case good && e.Code/100 == 5, e.Class == Server:
		s.features.GiveUpMLSD(AnswersMLSDWith(e.Code), form, shown.self)
	default:
		s.features.unsure = true // this may be true of the login directory only
	}
	return nil
}

// Reasons for [Features.GiveUpMLSD]; see also [AnswersMLSDWith].
const (
	MLSDTellsNoKinds = "sends lines in MLSD that do not tell files from directories"
	MLSDPadsNames    = "sends several spaces before the names in MLSD"
)

// mlsdFault returns what seems to be wrong with a listing by MLSD, "" for nothing.
func (shown probed) mlsdFault() string {
	switch {
	case shown.unread:
		return MLSDTellsNoKinds
	case shown.entries > 0 && shown.padded == shown.entries:
		return MLSDPadsNames
	}
	return ""
}

// AnswersMLSDWith is a reason for [Features.GiveUpMLSD].
func AnswersMLSDWith(code int) string { return fmt.Sprintf("answers MLSD with %d", code) }

// endsProbe reports whether err ends a probe: it is more than the refusal of a listing, or
// says that nothing is listed in clear text.
func endsProbe(s *Session, err error) bool {
	e, ok := err.(*Error)
	return err != nil && (!ok || s.Dead() || e.Code == 0 || e.Class == Login)
}

// LISTForm returns the form of LIST that lists dir best, an absolute path, and whether its
// listings show the directory itself; see [Features.UseForm]. It fails where dir cannot be
// entered or the connection breaks.
func (s *Session) LISTForm(ctx context.Context, dir string) (form ListForm, showsSelf bool, err error) {
	r, err := s.Command(ctx, "CWD "+dir)
	if err == nil {
		err = s.Require("CWD", dir, r)
	}
	if err != nil {
		return FormLIST, false, err
	}
	form, shown, err := s.firstForm(ctx, []ListForm{FormLIST, FormLISTAll})
	return form, shown.self, err
}

// firstForm returns the first of forms whose listing of the current directory shows
// that itself, or LIST, and what that listing showed.
func (s *Session) firstForm(ctx context.Context, forms []ListForm) (form ListForm, shown probed, err error) {
	plain := probed{}
	for _, form := range forms {
		shown, err := s.listToSee(ctx, form)
		switch {
		case endsProbe(s, err):
			return form, probed{}, err
		case err == nil && shown.self:
			return form, shown, nil
		case err == nil && form == FormLIST:
			plain = shown
		}
	}
	return FormLIST, plain, nil
}

// A probed says what a listing showed.
type probed struct {
	self    bool // the directory itself
	entries int  // others
	padded  int  // of these, whose names begin with a space
	unread  bool // a line could not be read
}

// listToSee lists the current directory. Where all listings of a server show the directory
// itself, one without it is cut or lists another directory.
func (s *Session) listToSee(ctx context.Context, form ListForm) (shown probed, err error) {
	l, err := s.List(ctx, "", form, time.Now(), func(e listing.Entry) {
		switch e.Kind {
		case listing.CurrentDir:
			shown.self = true
		case listing.ParentDir:
		default:
			shown.entries++
			if strings.HasPrefix(e.Name, " ") {
				shown.padded++
			}
		}
	})
	shown.unread = err == nil && l.Readable() != nil
	return shown, err
}
