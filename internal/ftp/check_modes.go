package ftp

import (
	"context"
	"errors"
	"strings"
)

// listDir returns the directory to list: the root, or "", the login directory, where
// the root does not exist.
func (k *checker) listDir() string {
	if k.report.RootThere {
		return k.report.Root
	}
	return ""
}

// checkModes tries each data mode by itself and chooses the one that ferry uses.
func (k *checker) checkModes(ctx context.Context) error {
	for _, m := range dataModes {
		trace, err := k.tryMode(ctx, m)
		if err != nil {
			return err
		}
		k.report.Modes = append(k.report.Modes, trace)
	}
	for _, m := range k.opts.Mode.allowed() {
		if k.report.Modes[m-1].Works {
			k.report.Mode = m.String()
			k.pool.modes.worked(m)
			break
		}
	}
	if k.report.Mode == "" {
		k.note("no data mode that the options allow works, so ferry can transfer neither listings nor files")
	}
	return nil
}

// tryMode lists a directory over a data connection in mode m and returns the trace.
func (k *checker) tryMode(ctx context.Context, m dataMode) (*Trace, error) {
	if err := k.connect(ctx); err != nil {
		return nil, err
	}
	tracker := k.session.c.modes
	defer func(s *Session) { s.c.modes = tracker }(k.session)
	k.session.c.modes = &modeTracker{allow: []dataMode{m}}
	t := &Transfer{Op: "listing", Line: FormLIST.command()}
	if k.features.mlst {
		t.Line = FormMLSD.command()
	}
	if dir := k.listDir(); dir != "" {
		t.cwd = []string{"CWD " + dir}
	}
	d, err := k.session.Receive(ctx, t)
	if err == nil {
		err = k.finishTrial(d)
	}
	if ctx.Err() != nil {
		return nil, err
	}
	trace := newTrace(m, k.session.c.sock.LocalAddr(), k.session.c.sock.RemoteAddr())
	if len(t.traces) > 0 {
		trace = t.traces[len(t.traces)-1]
	}
	if err != nil {
		trace.Works = false
		if trace.Why == "" {
			trace.Why = err.Error()
		}
		if e := (*Error)(nil); errors.As(err, &e) && trace.Cause == "" {
			trace.Cause = strings.TrimPrefix(e.Hint, likelyCause)
		}
	}
	return trace, nil
}

// finishTrial reads the listing of a trial to its end.
func (k *checker) finishTrial(d *Download) error {
	buf := make([]byte, 32<<10)
	for {
		if _, err := d.Read(buf); err != nil {
			break
		}
	}
	final, err := d.Finish()
	if traces := d.Transfer.traces; final.Code != 0 && len(traces) > 0 {
		traces[len(traces)-1].answered(final)
	}
	if err == nil && k.report.TLS != nil {
		resumed := d.s.c.dataTLS.DidResume
		k.report.TLS.Resumed = &resumed
	}
	return err
}

// checkListing finds the best command to list with.
func (k *checker) checkListing(ctx context.Context) error {
	if k.report.Mode == "" {
		return nil
	}
	if err := k.connect(ctx); err != nil {
		return err
	}
	if dir := k.listDir(); dir != "" {
		if _, err := k.session.Command(ctx, "CWD "+dir); err != nil {
			return err
		}
	}
	if err := k.session.probe(ctx); err != nil {
		return err
	}
	k.report.List = k.features.listForm.command()
	if k.features.listForm != FormLIST {
		k.report.Dotfiles = "shown"
	}
	return nil
}
