package site

import (
	"crypto/rand"
	"fmt"
	"strings"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
)

// A step is one step under way. Its error is where the caller of Apply finds it.
type step struct {
	deploy.Step
	from, to string // absolute paths
	err      *error
	spared   bool // a directory that may hold something is not removed

	sent     bool
	renaming ftp.Renaming
	told     ftp.Reply // to DELE, MKD, RMD
	entered  ftp.Reply // to CWD, after MKD

	// aside is where a file in the way goes, for a server that does not rename over files.
	aside string
	away  ftp.Renaming
	// refused says that the server took RNFR and refused RNTO.
	refused bool
}

func (c *commit) newStep(s deploy.Step, into *error) (st *step, err error) {
	st = &step{Step: s, err: into}
	if s.Op != deploy.MakeDir && s.Op != deploy.SetMode && s.Op != deploy.Unlock {
		if st.from, err = c.path(s.From); err != nil {
			return st, err
		}
	}
	switch s.Op {
	case deploy.Rename, deploy.MakeDir:
		st.to, err = c.newPath(s.To)
	case deploy.SetMode:
		st.to, err = c.path(s.To)
	}
	if err == nil && s.Op == deploy.Rename && !s.Free && !c.renamesOver() {
		st.aside = c.work("aside-" + strings.ToLower(rand.Text()[:12]))
	}
	return st, err
}

// renamesOver reports whether the server was not seen to refuse a rename over a file.
func (srv *Server) renamesOver() bool {
	works, known := srv.features.Known(ftp.RenamesOver)
	return works || !known
}

// queue adds the commands of a chain to b.
func (c *commit) queue(b *ftp.Batch, one *chain) {
	for _, s := range one.steps {
		c.queueStep(b, s)
	}
}

func (c *commit) queueStep(b *ftp.Batch, s *step) {
	if s.spared {
		return
	}
	switch s.Op {
	case deploy.Rename:
		if s.aside != "" {
			s.away.Queue(b, s.to, s.aside) // refused where nothing is there
		}
		s.renaming.Queue(b, s.from, s.to)
	case deploy.Delete:
		b.Expect("DELE "+s.from, &s.told)
	case deploy.MakeDir:
		b.Expect("MKD "+s.to, &s.told)
		b.Expect("CWD "+s.to, &s.entered)
	case deploy.RemoveDir:
		b.Expect("RMD "+s.from, &s.told)
	case deploy.Unlock:
		c.lock.QueueRelease(b, c.features)
	case deploy.SetMode:
		before := b.Len()
		ftp.ExpectSetMode(b, c.features, s.to, s.Mode, &s.told)
		if b.Len() == before {
			s.told.Code = 200 // it is known that the server sets no modes, and was told before
		}
	}
}

// giveUp gives up the session where a rename may still be pending on it.
func (s *step) giveUp(session *ftp.Session) {
	if s.Op != deploy.Rename {
		return
	}
	session.AfterRenaming(s.renaming)
	if s.aside != "" && s.away.From.Code == 350 {
		session.AfterRenaming(s.away)
	}
}

// settle makes an error of the replies.
func (s *step) settle() {
	switch {
	case s.spared, s.Op == deploy.Unlock && s.sent:
		*s.err = nil
	case !s.sent:
		*s.err = errNotTried
	case s.Op == deploy.Rename:
		*s.err = s.renameErr()
	case s.told.Code == 0, s.Op == deploy.MakeDir && s.entered.Code == 0:
		*s.err = fmt.Errorf("%s: %w", s.place(), deploy.ErrUnknown)
	case s.told.OK(), s.Op == deploy.MakeDir && s.entered.OK(), s.Op == deploy.RemoveDir:
		*s.err = nil
	case s.Op == deploy.SetMode:
		*s.err = ftp.ReplyError("SITE CHMOD", s.to, s.told)
	case s.Op == deploy.MakeDir:
		*s.err = withFull(ftp.ReplyError("MKD", s.to, s.told))
	default:
		*s.err = ftp.ReplyError("DELE", s.from, s.told)
	}
}

func (s *step) renameErr() error {
	s.refused = s.renaming.From.Code == 350 && !s.renaming.Done()
	if s.renaming.Done() {
		return nil
	}
	if err := s.renaming.Err(s.from, s.to); err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", s.place(), deploy.ErrUnknown)
}

// place names what a step changes.
func (s *step) place() string {
	if s.Op == deploy.Rename && s.to != "" {
		return s.from + " to " + s.to
	}
	return s.from + s.to
}
