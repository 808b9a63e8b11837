package site

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync/remote/list"
)

// Root implements [deploy.Server]. It costs nothing where [Server.Begin] has just entered the
// root.
func (srv *Server) Root(ctx context.Context, create bool) (id string, missing bool, err error) {
	if srv.entered.Load() {
		return srv.identity(), false, nil
	}
	err = srv.do(ctx, "looking at the site", func(ctx context.Context, s *ftp.Session) error {
		missing = false
		entered, err := srv.enterRoot(ctx, s, new(ftp.Batch))
		if err != nil || entered.OK() {
			return err
		}
		dir := srv.dir(srv.root)
		if missing, err = srv.isMissing(ctx, s, dir); err != nil {
			return err
		}
		switch {
		case !missing: // another machine may have made it meanwhile
			if entered, err = srv.enterRoot(ctx, s, new(ftp.Batch)); err == nil {
				err = s.Require("CWD", dir, entered)
			}
			return err
		case create:
			missing = false
			return srv.makeRoot(ctx, s)
		}
		return nil
	})
	if err != nil {
		return "", false, fmt.Errorf("root of %s: %w", srv.where(), err)
	}
	if missing {
		return "", true, nil
	}
	return srv.identity(), false, nil
}

// identity names the root by server, user and path, and by the unique fact of the
// directory where there is one.
func (srv *Server) identity() string {
	o := srv.opts
	address := strings.ToLower(o.Host)
	if o.Port != ftp.Explicit.Port() && o.Port != ftp.Implicit.Port() {
		address = strings.ToLower(o.Address())
	}
	id := fmt.Sprintf("%s@%s%s", o.User, address, srv.dir(srv.root))
	if unique := srv.rootID.Load(); unique != 0 {
		id += fmt.Sprintf(" %016x", unique)
	}
	return id
}

// enterRoot makes the root the working directory after the commands in b, and notes its
// identity.
func (srv *Server) enterRoot(ctx context.Context, s *ftp.Session, b *ftp.Batch) (entered ftp.Reply, err error) {
	var facts ftp.Reply
	srv.queueEnter(b, &entered, &facts)
	if err = b.Run(ctx, s); err == nil {
		srv.noteRoot(entered, facts)
	}
	return entered, err
}

// queueEnter adds to b the commands that make the root the working directory and tell its
// identity.
func (srv *Server) queueEnter(b *ftp.Batch, entered, facts *ftp.Reply) {
	dir := srv.dir(srv.root)
	b.Expect("CWD "+dir, entered)
	if srv.features.HasMLST() {
		b.Expect("MLST "+dir, facts)
	}
}

// noteRoot notes the replies to queueEnter.
func (srv *Server) noteRoot(entered, facts ftp.Reply) {
	if !entered.OK() {
		return
	}
	if seen := ftp.ParseMLST(srv.root, facts); seen.Err == nil && list.EntryOf(seen.Entry).Kind == manifest.Dir {
		srv.rootID.Store(list.EntryOf(seen.Entry).ID)
	}
	srv.entered.Store(true)
}

// makeRoot makes the root and the directories above it that are missing.
func (srv *Server) makeRoot(ctx context.Context, s *ftp.Session) error {
	var dirs []string
	for dir := srv.root; dir != "" && dir != "/"; dir, _ = splitPath(dir) {
		dirs = append(dirs, dir)
	}
	slices.Reverse(dirs)
	made, inside := make([]ftp.Reply, len(dirs)), make([]ftp.Reply, len(dirs))
	var b ftp.Batch
	for i, dir := range dirs {
		b.Expect("MKD "+dir, &made[i]) // refused where it is there
		b.Expect("CWD "+dir, &inside[i])
	}
	entered, err := srv.enterRoot(ctx, s, &b)
	if err != nil || entered.OK() {
		return err
	}
	for i, dir := range dirs {
		if !made[i].OK() && !inside[i].OK() {
			return s.Require("MKD", dir, made[i])
		}
	}
	return s.Require("CWD", srv.dir(srv.root), entered)
}
