package ftp

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"ferry/internal/ftp/datamode"
)

// TryMode lists dir, an absolute path, or the working directory where dir is "", over a
// data connection in mode m and in no other. It returns the trace of that, whether the mode
// works or not. The session may be dead afterwards. The error says that ctx was cancelled.
func (s *Session) TryMode(ctx context.Context, m DataMode, dir string) (*Trace, error) {
	tracker := s.c.modes
	defer func() { s.c.modes = tracker }()
	s.c.modes = &datamode.Tracker{Allow: []DataMode{m}}
	t := ListTransfer(dir, FormLIST)
	var err error
	if s.features.mlst {
		t = ListTransfer(dir, FormMLSD)
	}
	if err = s.try(ctx, t); err != nil && t.Line == FormMLSD.Command() && (t.declined() || t.Final.Refused()) && !s.Dead() {
		t = ListTransfer(dir, FormLIST) // some servers know no MLSD, although they say so
		err = s.try(ctx, t)
	}
	if ctx.Err() != nil {
		return nil, cmp.Or(err, context.Cause(ctx))
	}
	trace := datamode.NewTrace(m, s.c.sock.LocalAddr(), s.c.sock.RemoteAddr())
	if len(t.traces) > 0 {
		trace = t.traces[len(t.traces)-1]
	}
	if err != nil {
		trace.Works = false
		if trace.Why == "" {
			trace.Why = err.Error()
		}
		e := (*Error)(nil)
		if errors.As(err, &e) && trace.Cause == "" {
			trace.Cause = strings.TrimPrefix(e.Hint, datamode.LikelyCause)
		}
		trace.Declined = e != nil && e.Class != Login && e.Code/100 == 5 && t.declined()
	}
	return trace, nil
}

// try makes a listing whose lines do not matter.
func (s *Session) try(ctx context.Context, t *Transfer) error {
	d, err := s.Receive(ctx, t)
	if err == nil {
		err = d.finishTrial()
	}
	return err
}

// finishTrial reads the listing of a trial to its end.
func (d *Download) finishTrial() error {
	buf := make([]byte, 32<<10)
	for {
		if _, err := d.Read(buf); err != nil {
			break
		}
	}
	final, err := d.Finish()
	if traces := d.Transfer.traces; final.Code != 0 && len(traces) > 0 {
		traces[len(traces)-1].Answered(final)
	}
	return err
}
