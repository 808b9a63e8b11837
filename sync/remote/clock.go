package remote

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/names"
)

var _ sync.Clock = (*Directory)(nil)

// farthestZone is how far local time can be from UTC. A listing does not tell its zone.
const farthestZone = 14 * time.Hour

// Time implements [sync.Clock]. FTP has no command that tells the time, so a file is
// written below .ferry, looked at, and removed.
func (d *Directory) Time(ctx context.Context) (time.Time, error) { return d.server.time(ctx) }

func (srv *server) time(ctx context.Context) (now time.Time, err error) {
	at := names.Split(srv.own(probeName()))
	var seen []stat
	err = srv.do(ctx, "asking for the time", func(ctx context.Context, s *ftp.Session) (err error) {
		if _, err := s.Command(ctx, "MKD "+at.Dir); err != nil {
			return err
		}
		_, _, stored := s.Store(ctx, at.String(), 0, strings.NewReader("."))
		if s.Dead() || ctx.Err() != nil {
			return stored
		}
		if stored == nil {
			seen, err = srv.stat(ctx, s, []place{at})
		}
		if err != nil {
			return err
		}
		var b ftp.Batch
		srv.returnToRoot(&b)
		b.Add("DELE "+at.String(), nil)
		if srv.refusesNonEmpty() {
			b.Add("RMD "+at.Dir, nil)
		}
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		if stored != nil {
			return fmt.Errorf("%w: %w", sync.ErrUnsupported, stored)
		}
		return nil
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("asking for the server's time: %w", err)
	}
	return clockOf(seen[0].entry, time.Now())
}

// clockOf returns the time of the server by the modification time of a file that it has
// just made. ours is the time of this machine. A time of an unknown zone counts as the
// same time where a zone can explain the difference.
func clockOf(e manifest.Entry, ours time.Time) (time.Time, error) {
	switch {
	case !e.IsFile() || e.Precision > manifest.Minute:
		return time.Time{}, fmt.Errorf("the server does not tell its time: %w", sync.ErrUnsupported)
	case e.Shown == 0:
		return e.Time(), nil
	}
	if off := e.Time().Sub(ours); off.Abs() > farthestZone {
		return e.Time(), nil
	}
	return ours, nil
}
