package remote

import (
	"context"
	"strings"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
	"ferry/manifest"
)

// date finds out the modification times of the files that LIST showed, where
// the server tells them by MDTM (RFC 3659, section 3): LIST shows minutes or
// days in a zone of the server's choice. A file whose line is as it was in the
// past has the time it had then; the server is asked for the others only.
func (sc *scan) date(ctx context.Context, l *dirListing, found []item) error {
	open := sc.undated(l, found)
	if len(open) == 0 {
		return nil
	}
	replies := make([]ftp.Reply, len(open))
	if asked, err := sc.askTimes(ctx, found, open, replies); !asked {
		reshow(found, open)
		return err
	}
	sc.redate(found, open, replies)
	return nil
}

// undated returns which of found have times that only the server can tell. The
// others have the time of the past, if they need one.
func (sc *scan) undated(l *dirListing, found []item) (open []int) {
	now := time.Now().Unix()
	for i := range found {
		if sc.isUndated(&found[i], l.newest, now) {
			open = append(open, i)
		}
	}
	return open
}

// redate gives those of found that open names the times in replies.
func (sc *scan) redate(found []item, open []int, replies []ftp.Reply) {
	for k, i := range open {
		t, err := listing.ParseTimeVal(strings.TrimSpace(replies[k].Text))
		if replies[k].Code != 213 || err != nil {
			sc.tree.Unknown(found[i].path, "its time: "+reason(ftp.ReplyError("MDTM", "", replies[k])))
			found[i].drop = true
			continue
		}
		found[i].entry.ModTime, found[i].entry.Precision = t.UnixNano(), manifest.Second
	}
}

func (sc *scan) isUndated(it *item, newest, now int64) bool {
	if !it.entry.IsFile() || it.entry.Shown == 0 || it.drop {
		return false
	}
	if isYoung(it.entry, newest, now) {
		it.entry.Shown, it.entry.ShownPrecision = 0, 0
		return true
	}
	past := manifest.Entry{}
	if sc.look.Past != nil {
		past = sc.look.Past(it.path)
	}
	if past.IsFile() && past.Size == it.entry.Size && past.Precision <= manifest.Second && manifest.SameShown(past, it.entry) {
		it.entry.ModTime, it.entry.Precision = past.ModTime, past.Precision
		return false
	}
	return true
}

// askTimes asks for the times of those of found that open names. It reports
// false where the server does not tell any.
func (sc *scan) askTimes(ctx context.Context, found []item, open []int, replies []ftp.Reply) (asked bool, err error) {
	if !ftp.HasMDTM(sc.d.features) {
		return false, nil
	}
	err = sc.d.do(ctx, "asking for times", func(ctx context.Context, s *ftp.Session) error {
		if asked = ftp.HasMDTM(s.Features()); !asked {
			return nil
		}
		var b ftp.Batch
		for k, i := range open {
			b.Expect("MDTM "+sc.d.names.place(found[i].path, found[i].name).String(), &replies[k])
		}
		err := b.Run(ctx, s)
		if err == nil && ftp.MeansUnknownCommand(replies[0]) {
			s.Features().Observe(ftp.MDTMWorks, false)
			asked = false
		}
		return err
	})
	return asked && err == nil, err
}

// reshow gives young lines their time back, where there is no better one.
func reshow(found []item, open []int) {
	for _, i := range open {
		if e := &found[i].entry; e.Shown == 0 {
			setShown(e, time.Unix(0, e.ModTime), e.Precision)
		}
	}
}

// isYoung reports whether a file may be written once more within the minute
// that its line shows, so that the line tells nothing. now is our clock and
// newest the latest line of the directory, in seconds. The zone of LIST is not
// known, so every quarter of an hour around now may be now; and where the
// server's clock is wrong, the newest line of the last day may be.
func isYoung(e manifest.Entry, newest, now int64) bool {
	if e.ShownPrecision != manifest.Minute {
		return false
	}
	const slack, zones, quarter, day = 150, 15 * 3600, 900, 26 * 3600
	if e.Shown >= newest-slack && newest > now-day {
		return true
	}
	off := now - e.Shown
	if off < -zones || off > zones {
		return false
	}
	off = (off%quarter + quarter) % quarter
	return off < 2*60+slack || off > quarter-slack
}
