package site

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
	"ferry/sync"
	"ferry/sync/remote/lock"
)

// checkOtherDir fails where ferry's own directory has no state and the one of the other name, for
// servers that refuse names with a leading dot, has one: a deploy would begin anew over a site
// that is managed.
func (srv *Server) checkOtherDir(ctx context.Context, s *ftp.Session) error {
	if srv.fixed != "" {
		return nil
	}
	other := srv.root + "/" + lock.OtherDir(srv.features)
	var entered ftp.Reply
	var b ftp.Batch
	b.Expect("CWD "+other, &entered)
	srv.returnToRoot(s, &b)
	if err := b.Run(ctx, s); err != nil || !entered.OK() {
		return err
	}
	told, err := srv.looks(ctx, s, new(ftp.Batch), []string{other + "/state"})
	if err != nil || told[0].Err != nil || !told[0].Entry.IsFile() {
		return err
	}
	return &sync.UnsafeError{
		What: fmt.Sprintf("the state of the site is in %s, and %s has none: this would be taken for the first deploy", other, srv.work("")),
		Hint: fmt.Sprintf("move what is in %s to %s on the server, and run this again", other, srv.work("")),
	}
}
