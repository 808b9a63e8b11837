package blind

import (
	"context"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// makeDir makes a directory. One that the server refuses to make is there already if it can
// be entered, or else it may lack the directories above it.
func (d *Directory) makeDir(ctx context.Context, step sync.Step) (manifest.Entry, error) {
	path, err := d.server.Place(step)
	if err != nil {
		return manifest.Entry{}, err
	}
	var made, entered ftp.Reply
	err = d.server.Do(ctx, "MKD", func(ctx context.Context, s *ftp.Session) error {
		if made, err = s.Command(ctx, "MKD "+path); err != nil || made.OK() {
			return err
		}
		var b ftp.Batch
		b.Expect("CWD "+path, &entered)
		b.Add("CWD "+d.server.Root(), nil) // some servers do not remove the working directory
		if err := b.Run(ctx, s); err != nil || entered.OK() || !d.makeParents(ctx, s, path) {
			return err
		}
		made, err = s.Command(ctx, "MKD "+path)
		return err
	})
	switch {
	case err != nil:
		return manifest.Entry{}, err
	case !made.OK() && !entered.OK():
		return manifest.Entry{}, ftp.ReplyError("MKD", path, made)
	}
	d.server.Spell(step.Path, lastName(path))
	return entry(step, manifest.Dir, 0, path), nil
}

// makeParents tries to make the directories above path, since what was to go there was refused. The
// root is made only where nothing was sent before: otherwise it was there, and that it is
// missing is for the user to look at. It reports whether another attempt is worthwhile.
func (d *Directory) makeParents(ctx context.Context, s *ftp.Session, path string) bool {
	dir := path[:strings.LastIndexByte(path, '/')]
	d.mu.Lock()
	tried := d.made[dir]
	d.made[dir] = true
	d.mu.Unlock()
	if tried || dir == "" || !d.mayMake(dir) {
		return false
	}
	var b ftp.Batch
	helps := false
	for i := range dir {
		if i > 0 && dir[i] == '/' && d.mayMake(dir[:i]) {
			b.Add("MKD "+dir[:i], nil)
		}
	}
	b.Add("MKD "+dir, func(r ftp.Reply) { helps = r.OK() })
	return b.Run(ctx, s) == nil && helps
}

// mayMake reports whether a directory may be made although nothing says that it is missing.
func (d *Directory) mayMake(dir string) bool {
	return d.first.Load() || strings.HasPrefix(dir, strings.TrimSuffix(d.server.Root(), "/")+"/")
}

// lastName returns the last component of an absolute path.
func lastName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
