package remote

import (
	"context"
	"fmt"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/check"
	"ferry/internal/ftp/third"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/compare"
	"ferry/sync/remote/left"
	"ferry/sync/remote/read"
	"ferry/sync/remote/temporary"
	"ferry/sync/trashbin"
)

// A Directory is a directory on an FTP server. It implements [sync.Replica], [trashbin.Bin]
// and [sync.Locker]. All methods but Close may be called from several goroutines at
// once, as these interfaces allow.
type Directory struct {
	server  *server
	root    root
	temps   *temporary.Files
	scanner *scanner
	applier *applier
	trash   *trash
	bin     *bin
	hasher  *read.Hasher
	left    *left.Record
}

var (
	_ sync.Replica = (*Directory)(nil)
	_ trashbin.Bin = (*Directory)(nil)
	_ sync.Locker  = (*Directory)(nil)
)

// Open logs in and finds out where the root is; [Directory.Root] tells whether it is
// there. The error wraps [sync.ErrFatal].
func Open(ctx context.Context, o Options) (*Directory, error) {
	srv, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	temps := &temporary.Files{Root: srv.names.Root, Owner: srv.opts.Owner, Journal: srv.opts.Temps, Lister: srv.lister, Do: srv.do}
	renamer := &renamer{srv}
	trash := &trash{server: srv, renamer: renamer}
	mover := &mover{srv, renamer, temps}
	return &Directory{
		server:  srv,
		root:    root{srv},
		temps:   temps,
		scanner: &scanner{srv, temps, trash},
		applier: &applier{
			uploader: &uploader{server: srv, renamer: renamer, trash: trash, temps: temps, groupTime: groupTime},
			dirMaker: &dirMaker{srv},
			mover:    mover,
			remover:  &remover{srv, trash, temps},
		},
		trash: trash,
		bin:   &bin{srv, trash, mover},

		hasher: read.NewHasher(readServer{srv}, srv.opts.Options),
		left:   &left.Record{Read: srv.readOwn},
	}, nil
}

// Check finds out what the server can do, in the directory that o names; see
// [check.Run]. try asks for trials of all operations.
func Check(ctx context.Context, o Options, try bool) (*check.Report, error) {
	target := o.checked()
	target.Try = try
	report, err := check.Run(ctx, o.Options, target)
	return report, giveUp(err)
}

// CheckBetween finds out whether two servers send to each other, between the directories that
// both names; see [check.RunBetween].
func CheckBetween(ctx context.Context, both [2]Options) (found *check.Between, at int, err error) {
	found, at, err = check.RunBetween(ctx, [2]ftp.Options{both[0].Options, both[1].Options}, [2]check.Target{both[0].checked(), both[1].checked()})
	return found, at, giveUp(err)
}

// checked returns the directory that o names, for a check.
func (o Options) checked() check.Target {
	return check.Target{
		AllowTLS: o.Link != nil && o.Link.Mode == third.On,
		Root:     func(ctx context.Context, s *ftp.Session) (string, error) { return findRoot(ctx, s, o) },
		TempName: func(mark string, plain bool) string {
			return manifest.TempName(manifest.NewTempMark(mark, o.Owner), plain)
		},
	}
}

// Root implements [sync.Replica].
func (d *Directory) Root(ctx context.Context, create bool) (sync.RootState, error) {
	return d.root.state(ctx, create)
}

// Scan implements [sync.Replica].
func (d *Directory) Scan(ctx context.Context, look sync.Look) (*manifest.Tree, error) {
	return d.scanner.scan(ctx, look)
}

// Gone implements [sync.Replica].
func (d *Directory) Gone(ctx context.Context, paths []manifest.Path, was []manifest.Entry) []error {
	return d.server.gone(ctx, paths, was)
}

// SameInOtherCase implements [sync.Replica].
func (d *Directory) SameInOtherCase(ctx context.Context, names []sync.OtherCase) (bool, error) {
	return d.server.sameInOtherCase(ctx, names)
}

// Links implements [sync.Replica].
func (d *Directory) Links(ctx context.Context, paths []manifest.Path) ([]string, bool, error) {
	return d.server.links(ctx, paths)
}

// Sum implements [sync.Replica].
func (d *Directory) Sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error) {
	return d.server.sum(ctx, p, want)
}

// Hashes implements [compare.Hasher].
func (d *Directory) Hashes(ctx context.Context, run []sync.Wanted, others bool) ([]compare.Told, error) {
	return d.hasher.Hashes(ctx, run, others)
}

// Claims implements [compare.Claimer]. Where the server tells hashes nothing else is asked, and one
// that was seen to tell wrong ones is not believed here either.
func (d *Directory) Claims(ctx context.Context, run []sync.Wanted) []string {
	_, tells := ftp.HashCommand(d.server.features, d.server.names.Root+"/", true)
	if right, known := d.server.features.Known(ftp.TellsRightHash); tells || known && !right {
		return nil
	}
	return d.left.Claims(ctx, run)
}

// DoubtHashes implements [compare.Doubter].
func (d *Directory) DoubtHashes() { d.server.features.Observe(ftp.TellsRightHash, false) }

// Reader implements [sync.Replica].
func (d *Directory) Reader(ctx context.Context, run []sync.Wanted) sync.Reader {
	if link := d.server.opts.Link; link != nil {
		return read.Lend(ctx, readServer{d.server}, d.server.opts.Options, run, link)
	}
	return read.New(ctx, readServer{d.server}, d.server.opts.Options, run)
}

// Apply implements [sync.Replica].
func (d *Directory) Apply(ctx context.Context, run []sync.Step, done func(i int, out sync.Outcome)) {
	d.applier.run(ctx, run, done)
}

// Leftovers implements [sync.Replica].
func (d *Directory) Leftovers() bool { return d.temps.Leftovers() }

// Sweep implements [sync.Replica].
func (d *Directory) Sweep(ctx context.Context, s sync.Sweep) error {
	defer d.server.inListedDirs.Store(true) // it lists as a scan does
	return d.temps.Sweep(ctx, s)
}

// Tidy implements [sync.Replica].
func (d *Directory) Tidy(context.Context) error {
	d.left.Forget()
	d.temps.Tidy()
	return nil
}

// Trashed implements [trashbin.Bin].
func (d *Directory) Trashed(ctx context.Context, before time.Time) ([]trashbin.Trashed, error) {
	return d.bin.trashed(ctx, before)
}

// Restore implements [trashbin.Bin].
func (d *Directory) Restore(ctx context.Context, t trashbin.Trashed) error {
	if err := d.bin.restore(ctx, t); err != nil {
		return fmt.Errorf("restoring %s: %w", t.Path, err)
	}
	return nil
}

// Discard implements [trashbin.Bin].
func (d *Directory) Discard(ctx context.Context, things []trashbin.Trashed) (freed int64, err error) {
	return d.bin.discard(ctx, things)
}

// Lock implements [sync.Locker].
func (d *Directory) Lock(ctx context.Context) (release func(), waited bool, err error) {
	release, waited, err = d.server.lock.Take(ctx)
	return release, waited, giveUp(err)
}

// Rest closes the sessions that nobody uses, except one, which it keeps alive; see
// [pool.Pool.Rest].
func (d *Directory) Rest(ctx context.Context) { d.server.pool.Rest(ctx) }

// InUse says how the server is spoken to, see [pool.Pool.InUse].
func (d *Directory) InUse() (mode, tls string) { return d.server.pool.InUse() }

// Close implements [sync.Replica]. It ends all sessions.
func (d *Directory) Close() error { return d.server.pool.Close() }
