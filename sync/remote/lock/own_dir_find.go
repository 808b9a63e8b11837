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

// LacksOwnDir reports whether [manifest.Own] is certainly not in the root.
func (l *Lock) LacksOwnDir(ctx context.Context, s *ftp.Session) bool {
	there, err := l.hasOwnDir(ctx, s)
	return err == nil && !there
}

// hasOwnDir reports whether [manifest.Own] is in the root. One that cannot be entered may show
// only in a listing. The error says why it is not known.
func (l *Lock) hasOwnDir(ctx context.Context, s *ftp.Session) (bool, error) {
	there, err := isDirThere(ctx, s, l.root, manifest.Own)
	if there || err != nil || l.opts.Dirs == nil {
		return there, err
	}
	listed, err := l.opts.Dirs(ctx, s, cmp.Or(l.root, "/"))
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

// notWritable says that ferry's own directory is there and that the server refuses to make
// anything in it.
func (l *Lock) notWritable(err error) error {
	return &ftp.Error{Op: "locking", Path: l.own(""), Class: ftp.File, Err: err,
		Hint: "the directory is there, but nothing can be made or renamed in it: let the FTP user write into it (mode 755), and run this again"}
}
