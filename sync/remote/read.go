package remote

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/names"
	"ferry/sync/remote/read"
)

// A readServer is the server as a [read.Reader] needs it. Its methods are those of
// [read.Server].
type readServer struct{ *server }

func (r readServer) Borrow(ctx context.Context) (*ftp.Session, error) { return r.borrow(ctx) }
func (r readServer) Return(s *ftp.Session)                            { r.pool.Return(s) }
func (r readServer) Spare(ctx context.Context) *ftp.Session           { return r.pool.Spare(ctx) }
func (r readServer) Wanted() bool                                     { return r.pool.HasWaiters() }

func (r readServer) Path(w sync.Wanted) (string, error) {
	at := r.names.At(w.Path, w.Entry)
	if err := at.Check(); err != nil {
		return "", err
	}
	if r.dropsTrailingSpace(at.Name) {
		return "", fmt.Errorf("%w: the server drops the space at the end of %q", manifest.ErrName, at.Name)
	}
	return at.String(), nil
}

// errSpecial says that a name leads elsewhere: asked for it, servers speak of what is there.
var errSpecial = errors.New("it was listed as a link or a special file")

// errUntold says that the server knows nothing of a file that was read, and has not told of
// any other file yet. It is looked for again; see [server.settleStats].
var errUntold = errors.New("the server does not tell of the file when it is asked for it")

func (r readServer) Ask(b *ftp.Batch, s *ftp.Session, files []read.Target) (answers func() []read.Answer) {
	seen, command := make([]stat, len(files)), s.Features().StatQuirk()
	for i, f := range files {
		queueStat(b, s.Features(), f.At, &seen[i])
	}
	if len(files) > 0 {
		r.returnAfterStat(b, s)
	}
	return func() []read.Answer {
		all := make([]read.Answer, len(files))
		for i, f := range files {
			switch all[i] = judgeRead(f, seen[i]); {
			case r.listed.IsSpecial(names.Split(f.At)):
				all[i] = read.Answer{Err: errSpecial}
			case seen[i].err == nil && !seen[i].entry.Exists() && !s.Features().Trusts(command, f.At):
				all[i] = read.Answer{Err: errUntold}
			}
		}
		return all
	}
}

func (r readServer) Look(ctx context.Context, s *ftp.Session, f read.Target) (read.Answer, error) {
	at := names.Split(f.At)
	var seen []stat
	var err error
	if s != nil {
		seen, err = r.stat(ctx, s, []place{at})
	} else {
		seen, err = r.statPlaces(ctx, "looking at what was read", at)
	}
	if err != nil {
		return read.Answer{}, err
	}
	return judgeRead(f, seen[0]), nil
}

// judgeRead says what is known of a file that was read, by what the server says of it now.
func judgeRead(f read.Target, now stat) read.Answer {
	if now.err != nil {
		return read.Answer{Err: now.err}
	}
	if err := unchanged(f.Path, f.Entry, now.entry); err != nil {
		return read.Answer{Err: err}
	}
	return read.Answer{Entry: withDetails(f.Entry, now.entry)}
}

func (r readServer) Sum(ctx context.Context, w sync.Wanted) (string, error) {
	return r.sum(ctx, w.Path, w.Entry)
}

func (r readServer) TellsHash(f read.Target) bool {
	return len(ftp.SHA256Commands(r.features, f.At)) > 0
}
