package site

import (
	"context"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// denyAll is the content of the file that denies: Apache and the servers that follow it
// show nothing of what is below. The second form is that of Apache 2.2.
const denyAll = `# What is deployed is kept here, and nobody may fetch it.
<IfModule mod_authz_core.c>
  Require all denied
</IfModule>
<IfModule !mod_authz_core.c>
  Order deny,allow
  Deny from all
</IfModule>
`

const htaccess = ".htaccess"

// leastDenies is the size of the smallest file that denies; other parts of ferry write one
// as well.
const leastDenies = 150

// isWhole reports whether e is the file that denies, and not the beginning of one that a
// killed run left.
func isWhole(e manifest.Entry) bool { return e.IsFile() && e.Size >= leastDenies }

// protect keeps web servers and other users away from the work directory, once, before
// anything is put there. Where the server refuses that, `ferry check --web` tells. The error
// is one of the session.
func (srv *Server) protect(ctx context.Context) error {
	srv.protecting.Lock()
	defer srv.protecting.Unlock()
	if srv.protected {
		return nil
	}
	err := srv.do(ctx, "protecting the work directory", func(ctx context.Context, s *ftp.Session) error {
		dir := srv.work("")
		if _, err := s.Command(ctx, "MKD "+dir); err != nil { // refused where it is there
			return err
		}
		l, err := srv.listOrMissing(ctx, s, dir)
		if s.Dead() || ctx.Err() != nil {
			return err
		}
		if err == nil && isWhole(l.Find(htaccess)) {
			return nil
		}
		if _, _, storeErr := s.Store(ctx, dir+"/"+htaccess, 0, strings.NewReader(denyAll)); storeErr != nil {
			if s.Dead() || ctx.Err() != nil {
				return storeErr
			}
			srv.opts.Log.Info("no file tells web servers to deny the work directory", "because", storeErr)
		}
		if err != nil {
			return nil
		}
		mode := uint16(0o700)
		for _, one := range l.Entries {
			if one.Mode&0o020 != 0 { // several users of a group deploy, and what they make is for all of them
				mode = 0o770
			}
			if one.Name != "lock" && one.Name != htaccess {
				return nil // other users may have put it there
			}
		}
		var b ftp.Batch
		ftp.QueueSetMode(&b, s.Features(), dir, mode)
		srv.returnToRoot(s, &b)
		return b.Run(ctx, s)
	})
	if err == nil {
		srv.protected = true
	}
	return err
}
