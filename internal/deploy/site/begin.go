package site

import (
	"context"
	"fmt"
	"io"
	"strings"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/sync/remote/list"
)

// A beginning is what the work directory shows at the beginning of a deploy.
type beginning struct{ state, stage, commit, kept, denies deploy.Look }

// Begin implements [deploy.Server]. Where there is a state, it takes one transfer, and the
// questions go out with it.
func (srv *Server) Begin(ctx context.Context) (found deploy.Found, err error) {
	before := srv.begun
	if srv.begun = (begun{}); before.done {
		return before.found, nil
	}
	err = srv.do(ctx, "looking for the state", func(ctx context.Context, s *ftp.Session) error {
		if before.refused != nil {
			found, err = srv.beginWithoutState(ctx, s, before.refused)
			return err
		}
		var seen beginning
		if found, err = srv.begin(ctx, s, &seen); err == nil {
			srv.noteProtection(seen)
		}
		return err
	})
	return found, err
}

// noteProtection notes that the work directory is closed to others, where the beginning shows that.
func (srv *Server) noteProtection(seen beginning) {
	if isWhole(seen.denies.Entry) {
		srv.protecting.Lock()
		srv.protected = true
		srv.protecting.Unlock()
	}
}

// beginsAtOnce reports whether questions can go out together with the request for the state.
func (srv *Server) beginsAtOnce(s *ftp.Session) bool {
	_, commands := s.OneWrite()
	return commands > 1 && s.Features().CanStat()
}

// askForState reads the state after the commands of b and the questions of seen. told says that
// the replies to both can be believed. refused says that the server does not send the state.
func (srv *Server) askForState(ctx context.Context, s *ftp.Session, b ftp.Batch, seen *beginning) (data []byte, told bool, refused, err error) {
	var answers beginning
	for name, look := range answers.questions() {
		queueLook(&b, s.Features(), srv.work(name), look)
	}
	var entered, facts ftp.Reply
	srv.queueEnter(&b, &entered, &facts)
	data, refused, err = srv.read(ctx, s, srv.work("state"), deploy.MostBytes, b, func() {
		told, *seen = true, answers
		srv.noteRoot(entered, facts)
	})
	return data, told, refused, err
}

func (srv *Server) begin(ctx context.Context, s *ftp.Session, seen *beginning) (found deploy.Found, err error) {
	var data []byte
	refused := error(nil)
	asked := false
	if srv.beginsAtOnce(s) {
		if data, asked, refused, err = srv.askForState(ctx, s, ftp.Batch{}, seen); err != nil {
			return found, err
		}
		asked = asked && seen.state.Err == nil && seen.state.Entry.IsFile()
	}
	if !asked && data == nil && refused != nil {
		return srv.beginWithoutState(ctx, s, refused)
	}
	if !asked {
		if *seen, err = srv.lookAtBeginning(ctx, s); err != nil {
			return found, err
		}
		if data == nil {
			if data, refused, err = srv.read(ctx, s, srv.work("state"), deploy.MostBytes, ftp.Batch{}, nil); err != nil {
				return found, err
			}
			if refused != nil {
				return srv.beginWithoutState(ctx, s, refused)
			}
		}
	}
	found.State, found.Any = data, true
	return found, srv.staged(&found, *seen)
}

// staged notes what is staged and kept. It fails where that cannot be told.
func (srv *Server) staged(found *deploy.Found, seen beginning) error {
	for _, look := range []deploy.Look{seen.stage, seen.commit, seen.kept} {
		if look.Err != nil {
			return fmt.Errorf("looking for what earlier deploys have left: %w", look.Err)
		}
	}
	found.Stage, found.Commit, found.Kept = seen.stage.Entry.Exists(), seen.commit.Entry.Exists(), seen.kept.Entry.Exists()
	return nil
}

// questions yields what is asked for at the beginning.
func (b *beginning) questions() func(yield func(string, *deploy.Look) bool) {
	return func(yield func(string, *deploy.Look) bool) {
		_ = yield("state", &b.state) && yield("stage", &b.stage) && yield("stage/commit", &b.commit) && yield("d", &b.kept) && yield(htaccess, &b.denies)
	}
}

func (srv *Server) lookAtBeginning(ctx context.Context, s *ftp.Session) (seen beginning, err error) {
	var paths []string
	for name := range seen.questions() {
		paths = append(paths, srv.work(name))
	}
	told, err := srv.looks(ctx, s, new(ftp.Batch), paths)
	if err != nil {
		return seen, err
	}
	for _, look := range seen.questions() {
		*look, told = told[0], told[1:]
	}
	return seen, nil
}

// beginWithoutState finds out why the server refuses to send the state: the work directory
// is listed and does not show it, or is certainly not there.
func (srv *Server) beginWithoutState(ctx context.Context, s *ftp.Session, refused error) (found deploy.Found, err error) {
	if found, err = srv.findWithoutState(ctx, s, refused); err != nil || found.StateErr != nil {
		return found, err
	}
	return found, srv.checkOtherDir(ctx, s)
}

func (srv *Server) findWithoutState(ctx context.Context, s *ftp.Session, refused error) (found deploy.Found, err error) {
	srv.standing.enters(s, srv.work(""))
	l, err := srv.lister.List(ctx, s, srv.work(""))
	switch missing := false; {
	case err == nil:
	case ctx.Err() != nil || s.Dead() || ftp.Retryable(err):
		return found, err
	default:
		why := err
		if missing, err = srv.isMissing(ctx, s, srv.work("")); err != nil || missing {
			return found, err
		}
		if l, err = list.OrEmpty(nil, why); err != nil {
			return deploy.Found{StateErr: err, Any: true}, nil
		}
	}
	for _, one := range l.Entries {
		if one.Name != "lock" && !strings.HasPrefix(one.Name, "lock-") && one.Name != htaccess {
			found.Any = true
		}
	}
	if l.Find("state").Exists() {
		found.StateErr = refused
	}
	found.Kept = l.Find("d").Exists()
	if !l.Find("stage").Exists() && found.StateErr == nil {
		return found, nil
	}
	seen, err := srv.lookAtBeginning(ctx, s)
	if err != nil {
		return found, err
	}
	return found, srv.staged(&found, seen)
}

// Read implements [deploy.Server].
func (srv *Server) Read(ctx context.Context, name string, most int64) (data []byte, err error) {
	at, err := srv.path(deploy.Work(name))
	if err != nil {
		return nil, err
	}
	err = srv.do(ctx, "reading", func(ctx context.Context, s *ftp.Session) error {
		var refused error
		if data, refused, err = srv.read(ctx, s, at, most, ftp.Batch{}, nil); err != nil || refused == nil {
			return err
		}
		missing, err := srv.isMissing(ctx, s, at)
		switch {
		case err != nil:
			return err
		case missing:
			return fmt.Errorf("%w: %w", deploy.ErrMissing, refused)
		}
		return refused
	})
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", at, err)
	}
	return data, nil
}

// read reads a file whole, after the commands in b. begun is called when those were
// answered and the server sends the file. refused says that the server does not send it.
// err is one of the session, or says that there are more bytes than most.
func (srv *Server) read(ctx context.Context, s *ftp.Session, abs string, most int64, b ftp.Batch, begun func()) (data []byte, refused, err error) {
	d, err := s.Receive(ctx, &ftp.Transfer{Op: "RETR", Path: abs, Line: "RETR " + abs, Before: b, Begun: begun})
	if err != nil {
		if ftp.IsFinal(err) && !s.Dead() {
			return nil, err, nil
		}
		return nil, nil, err
	}
	data, err = io.ReadAll(io.LimitReader(d, most+1))
	if err == nil && int64(len(data)) > most {
		d.Abort()
		return nil, nil, &ftp.Error{Op: "RETR", Path: abs, Class: ftp.File, Err: fmt.Errorf("it has more than %d bytes", most)}
	}
	if err != nil {
		d.Abort()
		return nil, nil, err
	}
	if _, err = d.Finish(); err != nil {
		return nil, nil, err
	}
	if data == nil {
		data = []byte{}
	}
	return data, nil, nil
}
