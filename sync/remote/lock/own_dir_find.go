package lock

import (
	"cmp"
	"context"
	"slices"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// FindOwnDir looks for [manifest.Own] in root where f says that the server refuses such names.
// Where it is there, f was wrong: one refusal, or a directory that is closed, looks the same.
func FindOwnDir(ctx context.Context, s *ftp.Session, root string) error {
	if OwnDir(s.Features()) == manifest.Own {
		return nil
	}
	there, err := isDirThere(ctx, s, root, manifest.Own)
	if there {
		s.Features().Observe(ftp.KeepsDotDirs, true)
	}
	return err
}

// HasOwnDir reports whether [manifest.Own] is in root. A directory that cannot be entered may
// show only in what dirs lists, see [Options]. The error says why that is not known.
func HasOwnDir(ctx context.Context, s *ftp.Session, root string, dirs func(ctx context.Context, s *ftp.Session, dir string) ([]Dir, error)) (bool, error) {
	there, err := isDirThere(ctx, s, root, manifest.Own)
	if there || err != nil || dirs == nil {
		return there, err
	}
	listed, err := dirs(ctx, s, cmp.Or(root, "/"))
	return slices.ContainsFunc(listed, func(d Dir) bool { return manifest.SameName(d.Name, manifest.Own) }), err
}

// isDirThere asks for the directory name in root. The error is one of the session.
func isDirThere(ctx context.Context, s *ftp.Session, root, name string) (bool, error) {
	var entered, shown ftp.Reply
	var b ftp.Batch
	b.Expect("CWD "+root+"/"+name, &entered)
	if s.Features().HasMLST() {
		b.Expect("MLST "+root+"/"+name, &shown)
	}
	b.Add("CWD "+cmp.Or(root, "/"), nil)
	err := b.Run(ctx, s)
	return err == nil && (entered.OK() || shown.OK()), err
}

func (l *Lock) hasOwnDir(ctx context.Context) (there bool, err error) {
	err = l.pool.Do(ctx, "looking for ferry's own directory", func(ctx context.Context, s *ftp.Session) error {
		there, err = HasOwnDir(ctx, s, l.root, l.opts.Dirs)
		return err
	})
	return there, err
}

// notWritable says that ferry's own directory is there and that the server refuses to make
// anything in it.
func (l *Lock) notWritable(err error) error {
	return &ftp.Error{Op: "locking", Path: l.own(""), Class: ftp.File, Err: err,
		Hint: "the directory is there, but nothing can be made or renamed in it: let the FTP user write into it (mode 755), and run this again"}
}
