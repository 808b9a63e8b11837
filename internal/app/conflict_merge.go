package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"ferry/internal/config"
	"ferry/internal/merge"
	"ferry/sync"
)

// MergeTool returns the program with which the conflicts of p are merged: command, or if
// that is "" the one that the user's own configuration file has for all pairs, or else the
// one of the profile.
func (o *Opener) MergeTool(p *Pair, command string) (merge.Tool, error) {
	tool := merge.Tool{Environ: (&passHooks{opener: o, pair: p}).environ()}
	if command == "" {
		file, users, err := o.usersMergeTool()
		switch {
		case err != nil:
			return tool, err
		case users != "" && file != p.File:
			command = users
		case p.MergeTool != "":
			command, tool.Dir = p.MergeTool, filepath.Dir(p.File)
		}
	}
	tool.Command = merge.Command(command)
	return tool, nil
}

// usersMergeTool returns the user's own configuration file, "" if there is none, and the
// merge-tool that its defaults name.
func (o *Opener) usersMergeTool() (file, tool string, err error) {
	file, err = config.UserFile(o.Home, o.Getenv)
	if err != nil || file == "" {
		return "", "", err
	}
	source, err := config.ReadFound(file)
	if err != nil {
		return file, "", Usage(err, config.Hint(err))
	}
	defaults, err := source.Defaults(o.Home)
	if err != nil {
		return file, "", Usage(err, config.Hint(err))
	}
	return file, defaults.MergeTool, nil
}

// Save writes the versions of a conflict to files: the local one and that of the server.
func (s *Snapshot) Save(ctx context.Context, c *Conflict, local, remote string) error {
	a, b := s.Placed(c)
	if !c.Waits() && c.Loser == sync.Local {
		a, b = b, a
	}
	for path, v := range map[string]Version{local: a, remote: b} {
		if !v.Entry.IsFile() {
			return failed(fmt.Errorf("%s has no two files to merge", c.Path), "\"ferry conflicts\" says what each side has")
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		err = errors.Join(s.copy(ctx, &v, f), f.Close())
		if err != nil {
			return fmt.Errorf("reading %s on the %s side: %w", v.Path, v.Side, err)
		}
	}
	return nil
}

// copy copies the content of a version.
func (s *Snapshot) copy(ctx context.Context, v *Version, to io.Writer) error {
	r := s.sides[v.Side].Reader(ctx, []sync.Wanted{{Path: v.Path, Entry: v.Entry}})
	defer r.Close()
	file, err := r.Open(ctx, 0, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err = io.Copy(to, file); err == nil {
		_, err = file.Confirm(ctx)
	}
	return err
}

// merge gives the file at the path merged the name, and removes the copy. Where there is
// none, both sides get the file: otherwise it would be one more version.
func (r *resolution) merge(merged string) error {
	want, err := merge.EntryOf(merged)
	if err != nil {
		return err
	}
	named := r.c.Named
	switch {
	case named[sync.Local].IsDir() || named[sync.Remote].IsDir():
		return r.blocked()
	case r.c.Waits() && r.pair.Direction == sync.Pull:
		return failed(errors.New("this pair only pulls: nothing is sent to the server"), "--keep both gives the local version another name")
	}
	put := func(side sync.Side) error {
		return r.step(side, sync.Step{Op: sync.Put, Path: r.c.Path, Expect: named[side], Want: want, Open: merge.Opener(merged, want)},
			fmt.Sprintf("put the merged version of %s on the %s side", r.c.Path, side))
	}
	if err := put(sync.Local); err != nil {
		return err
	}
	if r.c.Waits() {
		return put(sync.Remote)
	}
	at := home(r.c.Copied)
	return r.remove(at, r.c.Copy, r.c.Copied[at])
}
