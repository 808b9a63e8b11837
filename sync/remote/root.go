package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// Root implements [sync.Replica].
func (d *Directory) Root(ctx context.Context, create bool) (sync.RootState, error) {
	state := sync.RootState{Where: d.where()}
	err := d.pool.do(ctx, "looking at the root", func(ctx context.Context, s *session) error {
		kind, err := d.rootKind(ctx, s)
		if err == nil && kind == manifest.None && create {
			if err = d.makeRoot(ctx, s); err == nil {
				kind, err = d.rootKind(ctx, s)
			}
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

// rootKind looks what is at the root. That nothing is there is certain only
// when the directory above says so.
func (d *Directory) rootKind(ctx context.Context, s *session) (manifest.Kind, error) {
	dir := d.names.dir(manifest.Root)
	entered, err := say(ctx, s, "CWD "+dir)
	if err != nil {
		return manifest.None, err
	}
	if entered.ok() {
		return manifest.Dir, d.identify(ctx, s, dir)
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
		again, err := say(ctx, s, "CWD "+dir)
		if err != nil || !again.ok() {
			return manifest.None, errors.Join(s.mustReply("CWD", dir, entered), answer, err)
		}
		return manifest.Dir, d.identify(ctx, s, dir)
	}
	seen, err := d.look(ctx, s, []place{split(dir)})
	if err != nil {
		return manifest.None, err
	}
	if seen[0].err != nil {
		return manifest.None, nil // the directory above is not there either
	}
	return seen[0].entry.Kind, nil
}

// identify notes the unique fact of the root.
func (d *Directory) identify(ctx context.Context, s *session, dir string) error {
	if _, told := s.features().feat["MLST"]; !told {
		return nil
	}
	r, err := say(ctx, s, "MLST "+dir)
	if err != nil {
		return err
	}
	if seen := readMLST(dir, r); seen.err == nil && seen.entry.IsDir() {
		d.rootID.Store(seen.entry.ID)
	}
	return nil
}

// makeRoot makes the root and the directories above it that are missing.
func (d *Directory) makeRoot(ctx context.Context, s *session) error {
	var missing []string
	for dir := d.names.dir(manifest.Root); dir != "/"; dir = split(dir).parent() {
		r, err := say(ctx, s, "CWD "+dir)
		if err != nil {
			return err
		}
		if r.ok() {
			break
		}
		missing = append(missing, dir)
	}
	for i := len(missing) - 1; i >= 0; i-- {
		r, err := say(ctx, s, "MKD "+missing[i])
		if err != nil {
			return err
		}
		if !r.ok() {
			entered, err := say(ctx, s, "CWD "+missing[i])
			if err != nil {
				return err
			}
			if !entered.ok() {
				return s.mustReply("MKD", missing[i], r)
			}
		}
	}
	return nil
}

// absentDir reports whether nothing, or no directory, is provably at p. The
// error is one that ends everything.
func (d *Directory) absentDir(ctx context.Context, p manifest.Path) (bool, error) {
	absent := false
	err := d.pool.do(ctx, "looking for a directory", func(ctx context.Context, s *session) error {
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
