package remote

import (
	"context"
	"strings"
	"time"

	"ferry/manifest"
)

// date finds out the modification times of the files that LIST showed, where
// the server tells them by MDTM (RFC 3659, section 3): LIST shows minutes or
// days in a zone of the server's choice. A file whose line is as it was in the
// past has the time it had then; the server is asked for the others only.
func (sc *scan) date(ctx context.Context, f *folder, l *listing, found []item) error {
	var open []int
	now := time.Now().Unix()
	for i := range found {
		it := &found[i]
		if !it.entry.IsFile() || it.entry.Shown == 0 || it.drop {
			continue
		}
		past := manifest.Entry{}
		if sc.look.Past != nil {
			past = sc.look.Past(it.path)
		}
		young := isYoung(it.entry, l.newest, now)
		if young {
			it.entry.Shown, it.entry.ShownPrecision = 0, 0
		} else if past.IsFile() && past.Size == it.entry.Size && past.Precision <= manifest.Second && manifest.SameShown(past, it.entry) {
			it.entry.ModTime, it.entry.Precision = past.ModTime, past.Precision
			continue
		}
		open = append(open, i)
	}
	if len(open) == 0 {
		return nil
	}
	replies := make([]reply, len(open))
	told := false
	err := sc.d.pool.do(ctx, "asking for times", func(ctx context.Context, s *session) error {
		if told = hasMDTM(s.features()); !told {
			return nil
		}
		var b script
		for k, i := range open {
			b.note("MDTM "+sc.d.names.place(found[i].path, found[i].name).String(), &replies[k])
		}
		err := b.run(ctx, s)
		if err == nil && unknownCommand(replies[0]) {
			s.features().see(seenMDTM, false)
			told = false
		}
		return err
	})
	if err != nil || !told {
		sc.reshow(l, found, open)
		return err
	}
	for k, i := range open {
		ns, err := parseStamp(strings.TrimSpace(replies[k].text))
		if replies[k].code != 213 || err != nil {
			sc.tree.Unknown(found[i].path, "its time: "+reason(replyError("MDTM", "", replies[k])))
			found[i].drop = true
			continue
		}
		found[i].entry.ModTime, found[i].entry.Precision = ns, manifest.Second
	}
	return nil
}

// reshow gives young lines their time back, where there is no better one.
func (sc *scan) reshow(l *listing, found []item, open []int) {
	for _, i := range open {
		if e := &found[i].entry; e.Shown == 0 {
			shown(e, time.Unix(0, e.ModTime), e.Precision)
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
