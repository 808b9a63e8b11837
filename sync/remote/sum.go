package remote

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// Sum implements [sync.Replica], with XSHA256 or HASH (draft-bryan-ftp-hash)
// where the server has one of them.
func (d *Directory) Sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error) {
	at := d.names.at(p, want)
	if err := checkPlace(at); err != nil {
		return "", err
	}
	if len(ftp.SHA256Commands(d.features, at.String())) == 0 {
		return "", fmt.Errorf("sum of %s: %w", p, sync.ErrUnsupported)
	}
	sum := ""
	err := d.do(ctx, "hashing", func(ctx context.Context, s *ftp.Session) error {
		var before, after stat
		var told ftp.Reply
		var b ftp.Batch
		queueStat(&b, d.features, at.String(), &before)
		for _, line := range ftp.SHA256Commands(d.features, at.String()) {
			b.Expect(line, &told) // the last one tells
		}
		queueStat(&b, d.features, at.String(), &after)
		d.returnAfterStat(&b, s)
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
		sum = ftp.ParseSHA256(told.Text)
		if sum == "" {
			return fmt.Errorf("%w: the reply %q holds no SHA-256", sync.ErrUnsupported, ftp.Printable(told.Text))
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("sum of %s: %w", p, err)
	}
	return sum, nil
}
