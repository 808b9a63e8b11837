package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/names"
)

// A root looks at the root of the side and makes it.
type root struct{ *server }

// state implements [sync.Replica.Root].
func (r root) state(ctx context.Context, create bool) (sync.RootState, error) {
	kind := manifest.None
	err := r.do(ctx, "looking at the root", func(ctx context.Context, s *ftp.Session) error {
		var refused error
		if create {
			made, why, err := r.make(ctx, s)
			if err != nil || made {
				kind = manifest.Dir
				return err
			}
			refused = why
		}
		var err error
		if kind, err = r.kind(ctx, s); err == nil && kind == manifest.None {
			err = refused
		}
		return err
	})
	if err != nil {
		return sync.RootState{}, fmt.Errorf("%s: %w", r.where(), err)
	}
	state := sync.RootState{Kind: kind, Where: r.where()}
	if kind == manifest.Dir {
		state.ID = r.identity()
	}
	return state, nil
}

// identity names the root by server, user and path, and by the unique fact of the
// directory where there is one.
func (r root) identity() string {
	o := r.opts
	address := strings.ToLower(o.Host)
	if o.Port != ftp.Explicit.Port() && o.Port != ftp.Implicit.Port() {
		address = strings.ToLower(o.Address())
	}
	id := fmt.Sprintf("%s@%s%s", o.User, address, r.names.Dir(manifest.Root))
	if unique := r.rootID.Load(); unique != 0 {
		id += fmt.Sprintf(" %016x", unique)
	}
	return id
}

// holdsRoot reports whether at is the root or a directory above it. That nothing is there may
// be believed at once: the next command for it is MKD, which no server carries out where
// something is, and a pass with a base stops.
func (srv *server) holdsRoot(at place) bool {
	return strings.HasPrefix(srv.names.Dir(manifest.Root)+"/", at.String()+"/")
}

// kind finds out what is at the root, and notes its identity. That nothing is there
// is certain only when the directory above can be entered.
func (r root) kind(ctx context.Context, s *ftp.Session) (manifest.Kind, error) {
	dir := r.names.Dir(manifest.Root)
	entered, facts, err := r.enter(ctx, s, new(ftp.Batch))
	if err != nil {
		return manifest.None, err
	}
	if entered.OK() {
		return manifest.Dir, nil
	}
	if dir == "/" {
		return manifest.None, s.Require("CWD", dir, entered)
	}
	answer, err := r.noDirectory(ctx, s, dir, "/")
	switch {
	case err != nil:
		return manifest.None, err
	case answer != nil:
		// Another machine may have made it meanwhile.
		again, _, err := r.enter(ctx, s, new(ftp.Batch))
		if err != nil || !again.OK() {
			return manifest.None, errors.Join(s.Require("CWD", dir, entered), answer, err)
		}
		return manifest.Dir, nil
	}
	seen := []stat{statOf(ftp.ParseMLST(dir, facts))}
	if facts.Code == 0 || seen[0].err != nil {
		if seen, err = r.stat(ctx, s, []place{names.Split(dir)}); err != nil {
			return manifest.None, err
		}
	}
	if seen[0].err != nil {
		return manifest.None, nil // the directory above is not there either
	}
	return seen[0].entry.Kind, nil
}

// enter makes the root the working directory after the commands in b, and notes its
// identity. facts is the reply to MLST, the zero reply on a server without that
// command.
func (r root) enter(ctx context.Context, s *ftp.Session, b *ftp.Batch) (entered, facts ftp.Reply, err error) {
	dir := r.names.Dir(manifest.Root)
	b.Expect("CWD "+dir, &entered)
	if s.Features().HasMLST() {
		b.Expect("MLST "+dir, &facts)
	}
	if err = b.Run(ctx, s); err != nil || !entered.OK() {
		return entered, facts, err
	}
	if seen := statOf(ftp.ParseMLST(dir, facts)); seen.err == nil && seen.entry.IsDir() {
		r.rootID.Store(seen.entry.ID)
	}
	return entered, facts, nil
}

// make makes the root and the directories above it that are missing. It reports
// whether the root is a directory now, and if not, why it could not be made.
func (r root) make(ctx context.Context, s *ftp.Session) (made bool, why, err error) {
	root := r.names.Dir(manifest.Root)
	var dirs []string
	for dir := root; dir != "/"; dir = names.Split(dir).Parent() {
		dirs = append(dirs, dir)
	}
	slices.Reverse(dirs)
	told, inside := make([]ftp.Reply, len(dirs)), make([]ftp.Reply, len(dirs))
	var b ftp.Batch
	for i, dir := range dirs {
		b.Expect("MKD "+dir, &told[i]) // refused where it is there
		b.Expect("CWD "+dir, &inside[i])
	}
	entered, _, err := r.enter(ctx, s, &b)
	if err != nil || entered.OK() {
		return entered.OK(), nil, err
	}
	for i, dir := range dirs {
		if !told[i].OK() && !inside[i].OK() {
			return false, s.Require("MKD", dir, told[i]), nil
		}
	}
	return false, s.Require("CWD", root, entered), nil
}
