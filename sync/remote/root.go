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
)

// Root implements [sync.Replica].
func (d *Directory) Root(ctx context.Context, create bool) (sync.RootState, error) {
	state := sync.RootState{Where: d.where()}
	err := d.do(ctx, "looking at the root", func(ctx context.Context, s *ftp.Session) error {
		var refused error
		if create {
			made, why, err := d.makeRoot(ctx, s)
			if err != nil || made {
				state.Kind = manifest.Dir
				return err
			}
			refused = why
		}
		kind, err := d.rootKind(ctx, s)
		if err == nil && kind == manifest.None {
			err = refused
		}
		state.Kind = kind
		return err
	})
	if err != nil {
		return sync.RootState{}, fmt.Errorf("root of %s: %w", d.where(), err)
	}
	if state.Kind == manifest.Dir {
		state.ID = d.identity()
	}
	return state, nil
}

// identity names the root by server, user and path, and by the unique fact of
// the directory where there is one.
func (d *Directory) identity() string {
	o := d.opts
	address := strings.ToLower(o.Host)
	if o.Port != ftp.Explicit.Port() && o.Port != ftp.Implicit.Port() {
		address = strings.ToLower(o.Address())
	}
	id := fmt.Sprintf("%s@%s%s", o.User, address, d.names.dir(manifest.Root))
	if unique := d.rootID.Load(); unique != 0 {
		id += fmt.Sprintf(" %016x", unique)
	}
	return id
}

// rootKind looks what is at the root, and notes its unique fact. That nothing is
// there is certain only when the directory above says so.
func (d *Directory) rootKind(ctx context.Context, s *ftp.Session) (manifest.Kind, error) {
	dir := d.names.dir(manifest.Root)
	entered, told, err := d.enterRoot(ctx, s)
	if err != nil {
		return manifest.None, err
	}
	if entered.OK() {
		return manifest.Dir, nil
	}
	if dir == "/" {
		return manifest.None, s.Require("CWD", dir, entered)
	}
	answer, err := d.noDirectory(ctx, s, dir, "/")
	switch {
	case err != nil:
		return manifest.None, err
	case answer != nil:
		// Another machine may have made it between the two looks.
		again, _, err := d.enterRoot(ctx, s)
		if err != nil || !again.OK() {
			return manifest.None, errors.Join(s.Require("CWD", dir, entered), answer, err)
		}
		return manifest.Dir, nil
	}
	seen := []looked{lookedOf(ftp.ParseMLST(dir, told))}
	if told.Code == 0 || seen[0].err != nil {
		if seen, err = d.look(ctx, s, []place{split(dir)}); err != nil {
			return manifest.None, err
		}
	}
	if seen[0].err != nil {
		return manifest.None, nil // the directory above is not there either
	}
	return seen[0].entry.Kind, nil
}

// enterRoot makes the root the working directory. told is the reply to MLST,
// the zero reply on a server without that command.
func (d *Directory) enterRoot(ctx context.Context, s *ftp.Session) (entered, told ftp.Reply, err error) {
	return d.enterRootAfter(ctx, s, new(ftp.Batch))
}

// enterRootAfter is enterRoot behind the commands in b.
func (d *Directory) enterRootAfter(ctx context.Context, s *ftp.Session, b *ftp.Batch) (entered, told ftp.Reply, err error) {
	dir := d.names.dir(manifest.Root)
	b.Expect("CWD "+dir, &entered)
	if _, promised := s.Features().Feat["MLST"]; promised {
		b.Expect("MLST "+dir, &told)
	}
	if err = b.Run(ctx, s); err == nil && entered.OK() {
		d.noteRoot(told)
	}
	return entered, told, err
}

// noteRoot notes the unique fact of the root, by the reply to MLST.
func (d *Directory) noteRoot(told ftp.Reply) {
	if seen := lookedOf(ftp.ParseMLST(d.names.dir(manifest.Root), told)); seen.err == nil && seen.entry.IsDir() {
		d.rootID.Store(seen.entry.ID)
	}
}

// makeRoot makes the root and the directories above it that are missing, and
// reports whether the root is a directory now, else why it could not be made.
func (d *Directory) makeRoot(ctx context.Context, s *ftp.Session) (made bool, why, err error) {
	var dirs []string
	for dir := d.names.dir(manifest.Root); dir != "/"; dir = split(dir).parent() {
		dirs = append(dirs, dir)
	}
	slices.Reverse(dirs)
	told, inside := make([]ftp.Reply, len(dirs)), make([]ftp.Reply, len(dirs))
	var b ftp.Batch
	for i, dir := range dirs {
		b.Expect("MKD "+dir, &told[i]) // refused where it is there
		b.Expect("CWD "+dir, &inside[i])
	}
	entered, _, err := d.enterRootAfter(ctx, s, &b)
	if err != nil || entered.OK() {
		return entered.OK(), nil, err
	}
	for i, dir := range dirs {
		if !told[i].OK() && !inside[i].OK() {
			return false, s.Require("MKD", dir, told[i]), nil
		}
	}
	return false, s.Require("CWD", d.names.dir(manifest.Root), entered), nil
}

// absentDir reports whether nothing, or no directory, is provably at p. The
// error is one that ends everything.
func (d *Directory) absentDir(ctx context.Context, p manifest.Path) (bool, error) {
	absent := false
	err := d.do(ctx, "looking for a directory", func(ctx context.Context, s *ftp.Session) error {
		dir := d.names.dir(p)
		entered, err := s.Command(ctx, "CWD "+dir)
		if err != nil || entered.OK() {
			return err
		}
		stop := d.names.dir(manifest.Root)
		if p == manifest.Root {
			stop = "/"
		}
		answer, err := d.noDirectory(ctx, s, dir, stop)
		absent = err == nil && answer == nil
		return err
	})
	return absent, err
}
