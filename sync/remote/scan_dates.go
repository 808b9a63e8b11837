package remote

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
	"ferry/manifest"
	"ferry/sync/remote/list"
)

// LIST shows minutes or days, in a zone of the server's choice. MDTM (RFC 3659, section
// 3) tells the exact time of a file. It is asked only for files whose line is not as it
// was when the base was written.

// addTimes finds out the times that the listing l does not tell.
func (w *walk) addTimes(ctx context.Context, l *list.Listing, items []item) error {
	undated := w.findUndated(l, items)
	if len(undated) == 0 {
		return nil
	}
	replies := make([]ftp.Reply, len(undated))
	if asked, err := w.queryTimes(ctx, items, undated, replies); !asked {
		keepShownTimes(items, undated)
		return err
	}
	w.setTimes(items, undated, replies)
	return nil
}

// queryTimes asks for the times of those items that undated names. It reports false
// where the server does not tell any.
func (w *walk) queryTimes(ctx context.Context, items []item, undated []int, replies []ftp.Reply) (asked bool, err error) {
	if !w.features.HasMDTM() {
		return false, nil
	}
	err = w.do(ctx, "asking for times", func(ctx context.Context, s *ftp.Session) error {
		if asked = s.Features().HasMDTM(); !asked {
			return nil
		}
		var b ftp.Batch
		for k, i := range undated {
			b.Expect("MDTM "+w.placeOf(items[i]).String(), &replies[k])
		}
		err := b.Run(ctx, s)
		if err == nil && !s.Features().Proven(ftp.MDTMWorks) {
			var tells bool
			if tells, err = w.tellsTimes(ctx, s, w.placeOf(items[undated[0]]), replies); err == nil {
				s.Features().Observe(ftp.MDTMWorks, tells)
				asked = tells
			}
		}
		return err
	})
	return asked && err == nil, err
}

// tellsTimes reports whether MDTM tells the time of any file, after it was asked for
// several. Where none of replies tells one, it does not, if the first of these files is
// still there.
func (w *walk) tellsTimes(ctx context.Context, s *ftp.Session, first place, replies []ftp.Reply) (bool, error) {
	if !tellNoTime(replies) {
		return true, nil
	}
	if ftp.MeansUnknownCommand(replies[0]) {
		return false, nil
	}
	seen, err := w.stat(ctx, s, []place{first})
	return err != nil || !seen[0].entry.IsFile(), err
}

// tellNoTime reports whether each of replies, to MDTM, is a permanent refusal or nonsense.
func tellNoTime(replies []ftp.Reply) bool {
	return !slices.ContainsFunc(replies, func(r ftp.Reply) bool { return ftp.IsTransient(r) || ftp.TellsTime(r) })
}

func (w *walk) placeOf(it item) place { return w.names.Place(it.path, it.name) }

// setTimes gives the items that undated names the times in replies.
func (w *walk) setTimes(items []item, undated []int, replies []ftp.Reply) {
	for k, i := range undated {
		t, err := listing.ParseTimeVal(strings.TrimSpace(replies[k].Text))
		switch {
		case replies[k].Code == 213 && errors.Is(err, listing.ErrNoDate):
			items[i].entry.ModTime, items[i].entry.Precision = 0, manifest.NoTime
			continue
		case replies[k].Code != 213 || err != nil:
			w.tree.Unknown(items[i].path, "its time: "+reason(ftp.ReplyError("MDTM", "", replies[k])))
			items[i].drop = true
			continue
		}
		items[i].entry.SetTime(t, manifest.Second)
	}
}

// keepShownTimes makes the time that a line shows count, where there is no better one.
func keepShownTimes(items []item, undated []int) {
	for _, i := range undated {
		if e := &items[i].entry; e.Shown == 0 && !showsNoTime(*e) {
			list.SetShown(e, time.Unix(0, e.ModTime), e.Precision)
		}
	}
}

// findUndated returns which items have times that only MDTM can tell. Files whose line
// is as it was get the time that they had then.
func (w *walk) findUndated(l *list.Listing, items []item) (undated []int) {
	now := time.Now().Unix()
	for i := range items {
		e := &items[i].entry
		if !e.IsFile() || items[i].drop {
			continue
		}
		if showsNoTime(*e) {
			undated = append(undated, i)
		}
		if e.Shown == 0 {
			continue
		}
		if l.IsYoung(*e, now) {
			e.Shown, e.ShownPrecision = 0, 0
			undated = append(undated, i)
			continue
		}
		past := manifest.Entry{}
		if w.look.Past != nil {
			past = w.look.Past(items[i].path)
		}
		if past.IsFile() && past.Size == e.Size && past.Precision <= manifest.Second && manifest.SameShown(past, *e) {
			e.ModTime, e.Precision = past.ModTime, past.Precision
		} else {
			undated = append(undated, i)
		}
	}
	return undated
}

// showsNoTime reports whether the line of a file has no time at all, not even one that
// is too far away to be kept.
func showsNoTime(e manifest.Entry) bool { return e.Precision == manifest.NoTime && e.ModTime == 0 }
