package ftp

import (
	"context"
	"fmt"
)

// A CheckTarget is the directory that [Check] looks at.
type CheckTarget struct {
	// Root returns its absolute path without a slash at the end; "" is the server's
	// own root.
	Root func(ctx context.Context, s *Session) (string, error)
	// TempName names the file that is written there for a moment, plain without a
	// leading dot. mark is what makes the name unique.
	TempName func(mark string, plain bool) string
}

// Check connects and finds out what the server can do. All four data modes are
// tried, whatever the options say. Where the root is there and may be written,
// one small file is put there, looked at, and removed again; nothing else is
// written.
//
// The error says why there is no report: the server cannot be reached, or the
// login is refused. A server on which no data mode works is no error.
func Check(ctx context.Context, o Options, target CheckTarget) (*Report, error) {
	o = o.WithDefaults()
	k := &checker{opts: o, target: target, pool: NewPool(o)}
	defer k.pool.Close()
	r := &Report{Address: o.Address(), Security: o.Security.Scheme(), User: o.User,
		Dotfiles: "unknown", SetTime: "unknown", ConnectionsAsked: o.Connections}
	k.report = r
	if err := k.run(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// A checker makes a Report. It has one session at a time.
type checker struct {
	opts     Options
	target   CheckTarget
	pool     *Pool
	report   *Report
	session  *Session
	features *Features
}

func (k *checker) run(ctx context.Context) error {
	if err := k.connect(ctx); err != nil {
		return err
	}
	defer func() {
		if k.session != nil {
			k.session.c.close()
		}
	}()
	for _, step := range []func(context.Context) error{
		k.askServer, k.findRoot, k.checkModes, k.checkListing, k.checkWriting, k.countSessions,
	} {
		if err := step(ctx); ctx.Err() != nil {
			return err
		} else if err != nil {
			k.note("%v", err)
		}
	}
	return nil
}

func (k *checker) note(format string, args ...any) {
	k.report.Notes = append(k.report.Notes, fmt.Sprintf(format, args...))
}
