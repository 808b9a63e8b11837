package remote

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
	"ferry/internal/ftp/wire"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/left"
)

// sum implements [sync.Replica.Sum], by XSHA256 or HASH (draft-bryan-ftp-hash) where the
// server has one of them.
func (srv *server) sum(ctx context.Context, p manifest.Path, want manifest.Entry) (sum string, err error) {
	at := srv.names.At(p, want)
	if err := at.Check(); err != nil {
		return "", err
	}
	hash := ftp.SHA256Commands(srv.features, at.String())
	if len(hash) == 0 {
		return "", fmt.Errorf("sum of %s: %w", p, sync.ErrUnsupported)
	}
	err = srv.do(ctx, "hashing", func(ctx context.Context, s *ftp.Session) error {
		var before, after stat
		var told ftp.Reply
		var b ftp.Batch
		queueStat(&b, srv.features, at.String(), &before)
		for _, line := range hash {
			b.Expect(line, &told) // the last one tells
		}
		queueStat(&b, srv.features, at.String(), &after)
		srv.returnAfterStat(&b, s)
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		for _, seen := range []stat{before, after} {
			if seen.err != nil {
				return seen.err
			}
			if err := unchanged(p, want, seen.entry); err != nil {
				return err
			}
		}
		if told.Code/100 != 2 {
			return fmt.Errorf("%w: %w", sync.ErrUnsupported, ftp.ReplyError("hashing", at.String(), told))
		}
		if sum = wire.ParseSHA256(told.Text); sum == "" {
			return fmt.Errorf("%w: the reply %q holds no SHA-256", sync.ErrUnsupported, ftp.Printable(told.Text))
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("sum of %s: %w", p, err)
	}
	return sum, nil
}

// readOwn reads a file in ferry's own directory, at most that many bytes.
func (srv *server) readOwn(ctx context.Context, name string, most int64) (data []byte, err error) {
	err = srv.do(ctx, "reading what was left", func(ctx context.Context, s *ftp.Session) (err error) {
		data, err = left.File(ctx, s, srv.own(name), most)
		return err
	})
	return data, err
}
