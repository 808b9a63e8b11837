package remote

import (
	"context"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/third"
	"ferry/sync"
	"ferry/sync/remote/read"
)

// sizeWait is how long it may take to ask how far a direct transfer has come.
const sizeWait = 3 * time.Second

// sendDirectly has the server of the source send u to its temporary, where both servers do that.
// It reports false where the content has to come through this machine.
func (up *uploader) sendDirectly(ctx context.Context, s *ftp.Session, u *upload, src sync.Source) (bool, error) {
	lent, ok := src.(*read.Lent)
	if !ok || u.throughUs {
		return false, nil
	}
	r := &uploadReader{u: u}
	at := u.temp
	sent, err := lent.Send(ctx, third.Transfer{To: s, ToPath: at.String(), Grown: r.count, Size: func(ctx context.Context) (int64, error) {
		ctx, cancel := context.WithTimeout(ctx, sizeWait)
		defer cancel()
		seen, err := up.statPlaces(ctx, "looking at a direct transfer", at)
		if err != nil {
			return 0, err
		}
		return seen[0].entry.Size, seen[0].err
	}})
	// After a transfer that broke off the servers may go on writing to that file.
	u.throughUs, u.fromStart = err != nil, u.fromStart || err != nil
	if err != nil || !sent {
		return false, err
	}
	u.lost, u.timeSet = nil, false
	u.size, u.out.Sum = u.step.Want.Size, lent.Sum()
	u.out.Source, err = lent.Confirm(ctx)
	return true, err
}
