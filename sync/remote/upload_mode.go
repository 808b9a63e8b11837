package remote

import (
	"context"

	"ferry/internal/ftp"
	"ferry/sync/remote/chmod"
)

// Do and Modes make a readServer a [chmod.Server].
func (r readServer) Do(ctx context.Context, op string, f func(ctx context.Context, s *ftp.Session) error) error {
	return r.do(ctx, op, f)
}
func (r readServer) Modes() *chmod.Notes { return &r.modes }

// keepMode adds to b the command that gives the temporary of u the permission bits that it is
// to have, or else those of the file that it will replace, as its listing showed them, if new
// files do not get them anyway. It goes out with the commands that set the time, so it costs no round trip.
//
// A mode that does not let its owner read is left alone: it is not what the listing meant.
func (up *uploader) keepMode(b *ftp.Batch, f *ftp.Features, u *upload) {
	mode := u.step.Want.Mode
	switch {
	case !up.opts.Permissions || mode == 0:
		if !u.step.Expect.Exists() {
			return
		}
		mode = up.listed.Mode(u.target)
	case !f.Has(ftp.SiteChmodWorks):
		up.modes.None()
	}
	if mode&0o400 == 0 || mode == uint16(up.newMode.Load()) {
		return
	}
	u.modeSet = true
	ftp.QueueSetMode(b, f, u.temp.String(), mode)
}

// learnMode notes which mode new files get, where a temporary shows it.
func (up *uploader) learnMode(u *upload) {
	if mode := u.tempStat.mode; mode != 0 && !u.modeSet {
		up.newMode.Store(uint32(mode))
	}
}
