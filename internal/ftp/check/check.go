// Package check finds out what an FTP server can do, and reports it for people; see [Run].
package check

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
)

// A Target is the directory that [Run] examines.
type Target struct {
	// Root returns the absolute path of the directory, without a slash at the end;
	// "" is the server's root.
	Root func(ctx context.Context, s *ftp.Session) (string, error)
	// TempName returns the name of the temporary file that is written there. mark
	// makes the name unique; with plain set it must not start with a dot.
	TempName func(mark string, plain bool) string
	// AllowTLS allows [RunBetween] to have two servers send to each other that are reached over TLS.
	AllowTLS bool
	// Try asks for trials of all operations, in a directory that is made for them.
	Try bool
}

// Run connects and finds out what the server can do. It tries all four data
// modes, whatever the options say. Where the root exists and may be written, it
// stores one small file there, looks at it, and removes it again, also when ctx is
// cancelled. It writes nothing else, unless target.Try is
// set: then it makes a directory there, works in it, and removes it.
//
// The error says why there is no report: the server cannot be reached, it refuses
// the login, or ctx was cancelled. A server on which no data mode works is no error.
func Run(ctx context.Context, o ftp.Options, target Target) (*Report, error) {
	k := newChecker(o, target)
	defer k.close()
	if err := k.run(ctx); err != nil {
		return nil, err
	}
	return k.report, nil
}

// A checker fills in a Report. It has one session at a time.
type checker struct {
	opts     ftp.Options
	target   Target
	client   *ftp.Client
	report   *Report
	session  *ftp.Session
	features *ftp.Features
}

func newChecker(o ftp.Options, target Target) *checker {
	o = o.WithDefaults()
	return &checker{opts: o, target: target, client: ftp.NewClient(o), report: &Report{Address: o.Address(), Security: o.Security.Scheme(), User: o.User,
		Dotfiles: "unknown", SetTime: "unknown", ConnectionsAsked: o.Connections}}
}

func (k *checker) close() {
	if k.session != nil {
		k.session.Close()
	}
}

// run takes all steps. A step that fails becomes a note in the report.
func (k *checker) run(ctx context.Context) error {
	if err := k.connect(ctx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		k.askServer, k.findRoot, k.checkModes, k.checkListing, k.checkNames, k.checkSpaces, k.checkWriting, k.tryOperations, k.countSessions, k.checkForeign,
	} {
		if err := step(ctx); ctx.Err() != nil {
			return err
		} else if err != nil {
			k.note("%v", err)
		}
	}
	for _, lack := range k.features.Lacks() {
		k.note("%s", lack)
	}
	return nil
}

// note adds a remark to the report.
func (k *checker) note(format string, args ...any) {
	k.report.Notes = append(k.report.Notes, fmt.Sprintf(format, args...))
}
