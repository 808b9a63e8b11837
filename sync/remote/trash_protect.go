package remote

import (
	"context"
	"fmt"
	"path"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync/trashbin"
)

// denyAll is the content of .ferry/.htaccess: Apache and the servers that follow it
// show nothing of what is below. The second form is that of Apache 2.2.
const denyAll = `# Old versions of files are kept here, and nobody may fetch them.
<IfModule mod_authz_core.c>
  Require all denied
</IfModule>
<IfModule !mod_authz_core.c>
  Order deny,allow
  Deny from all
</IfModule>
`

const htaccess = ".htaccess"

// chooseName finds out what this side's own trash is called. The caller holds
// t.dirs.making.
func (t *trash) chooseName() error {
	if t.dirs.name != "" {
		return nil
	}
	name := path.Base(trashbin.Dir)
	if t.opts.TrashName != nil {
		var err error
		if name, err = t.opts.TrashName(); err != nil {
			return err
		}
	}
	if !trashbin.IsName(name) {
		return fmt.Errorf("%q is no name for a trash", name)
	}
	t.dirs.setName(name)
	return nil
}

// queueDenies asks whether the file that denies is there, if that is to be known and the
// server can tell. The answer is there when b was run.
func (t *trash) queueDenies(b *ftp.Batch, f *ftp.Features) (denies func() bool) {
	var seen stat
	if !t.protected && f.CanStat() {
		queueStat(b, f, t.own(htaccess), &seen)
	}
	return func() bool { return isWhole(seen.entry) }
}

// isWhole reports whether e is the file that denies, and not the beginning of one that a
// killed run left.
func isWhole(e manifest.Entry) bool { return e.IsFile() && e.Size >= int64(len(denyAll)) }

// protect keeps web servers and other users away from the trash, once, before anything is
// put there. With denies set that was done by an earlier run. Where the server refuses, the
// name of the trash, which nobody can guess, has to do. The error is one of the session.
func (t *trash) protect(ctx context.Context, s *ftp.Session, denies bool) error {
	if t.protected || denies {
		t.protected = true
		return nil
	}
	l, err := t.lister.List(ctx, s, t.own(""))
	if s.Dead() || ctx.Err() != nil {
		return err
	}
	if err == nil {
		if err := t.closeToOthers(ctx, s, l.Mode(t.dirs.name)); err != nil {
			return err
		}
	}
	if err != nil || !isWhole(l.Find(htaccess)) {
		_, _, err := s.Store(ctx, t.own(htaccess), 0, strings.NewReader(denyAll))
		if s.Dead() || ctx.Err() != nil {
			return err
		}
		if err != nil {
			t.opts.Log.Info("no file tells web servers to deny the trash", "because", err)
		}
	}
	t.protected = true
	return nil
}

// closeToOthers takes the rights of other users away from ferry's own directory. made is
// the mode of a directory in it that was made in the same way, or 0. If the group may write
// there, several users share the pair, and they still can. The error is one of the session.
func (t *trash) closeToOthers(ctx context.Context, s *ftp.Session, made uint16) error {
	mode := uint16(0o700)
	if made&0o020 != 0 {
		mode = 0o770
	}
	if made == mode {
		return nil
	}
	var b ftp.Batch
	ftp.QueueSetMode(&b, s.Features(), t.own(""), mode)
	t.returnToRoot(&b) // from the directory that was listed
	return b.Run(ctx, s)
}
