package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// Root implements [sync.Replica].
func (d *Directory) Root(ctx context.Context, create bool) (sync.RootState, error) {
	state := sync.RootState{Where: d.where()}
	err := d.do(ctx, "looking at the root", func(ctx context.Context, s *session) error {
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
	if o.Port != Explicit.Port() && o.Port != Implicit.Port() {
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
func (d *Directory) rootKind(ctx context.Context, s *session) (manifest.Kind, error) {
	dir := d.names.dir(manifest.Root)
	entered, told, err := d.enterRoot(ctx, s)
	if err != nil {
		return manifest.None, err
	}
	if entered.ok() {
		return manifest.Dir, nil
	}
	if dir == "/" {
		return manifest.None, s.mustReply("CWD", dir, entered)
	}
	answer, err := d.noDirectory(ctx, s, dir, "/")
	switch {
	case err != nil:
		return manifest.None, err
	case answer != nil:
		// Another machine may have made it between the two looks.
		again, _, err := d.enterRoot(ctx, s)
		if err != nil || !again.ok() {
			return manifest.None, errors.Join(s.mustReply("CWD", dir, entered), answer, err)
		}
		return manifest.Dir, nil
	}
	seen := []looked{lookedOf(readMLST(dir, told))}
	if told.code == 0 || seen[0].err != nil {
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
func (d *Directory) enterRoot(ctx context.Context, s *session) (entered, told reply, err error) {
	return d.enterRootAfter(ctx, s, new(script))
}

// enterRootAfter is enterRoot behind the commands in b.
func (d *Directory) enterRootAfter(ctx context.Context, s *session, b *script) (entered, told reply, err error) {
	dir := d.names.dir(manifest.Root)
	b.note("CWD "+dir, &entered)
	if _, promised := s.features().feat["MLST"]; promised {
		b.note("MLST "+dir, &told)
	}
	if err = b.run(ctx, s); err == nil && entered.ok() {
		d.noteRoot(told)
	}
	return entered, told, err
}

// noteRoot notes the unique fact of the root, by the reply to MLST.
func (d *Directory) noteRoot(told reply) {
	if seen := lookedOf(readMLST(d.names.dir(manifest.Root), told)); seen.err == nil && seen.entry.IsDir() {
		d.rootID.Store(seen.entry.ID)
	}
}

// makeRoot makes the root and the directories above it that are missing, and
// reports whether the root is a directory now, else why it could not be made.
func (d *Directory) makeRoot(ctx context.Context, s *session) (made bool, why, err error) {
	var dirs []string
	for dir := d.names.dir(manifest.Root); dir != "/"; dir = split(dir).parent() {
		dirs = append(dirs, dir)
	}
	slices.Reverse(dirs)
	told, inside := make([]reply, len(dirs)), make([]reply, len(dirs))
	var b script
	for i, dir := range dirs {
		b.note("MKD "+dir, &told[i]) // refused where it is there
		b.note("CWD "+dir, &inside[i])
	}
	entered, _, err := d.enterRootAfter(ctx, s, &b)
	if err != nil || entered.ok() {
		return entered.ok(), nil, err
	}
	for i, dir := range dirs {
		if !told[i].ok() && !inside[i].ok() {
			return false, s.mustReply("MKD", dir, told[i]), nil
		}
	}
	return false, s.mustReply("CWD", d.names.dir(manifest.Root), entered), nil
}

// absentDir reports whether nothing, or no directory, is provably at p. The
// error is one that ends everything.
func (d *Directory) absentDir(ctx context.Context, p manifest.Path) (bool, error) {
	absent := false
	err := d.do(ctx, "looking for a directory", func(ctx context.Context, s *session) error {
		dir := d.names.dir(p)
		entered, err := say(ctx, s, "CWD "+dir)
		if err != nil || entered.ok() {
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
