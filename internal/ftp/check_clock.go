package ftp

import (
	"context"
	"errors"
	"strings"
	"time"

	"ferry/internal/ftp/listing"
)

// checkClock compares the time of the temporary, which was just written, with ours,
// and looks whether the listing shows it.
func (k *checker) checkClock(ctx context.Context, at string) error {
	now := time.Now()
	modTime, err := k.modTime(ctx, at)
	if err != nil {
		return err
	}
	raw, err := k.session.List(ctx, k.report.Root, k.features.listForm)
	if err != nil {
		return err
	}
	name := at[strings.LastIndexByte(at, '/')+1:]
	listed, err := k.findEntry(raw, name, now)
	if err != nil {
		k.note("the listing of the directory cannot be trusted: %v", err)
		return nil
	}
	if listed.Kind == listing.None {
		if k.report.Dotfiles == "unknown" && name[0] == '.' {
			k.report.Dotfiles = "hidden"
		} else {
			k.note("the listing does not show a file that was just written")
		}
	} else if k.report.Dotfiles == "unknown" && name[0] == '.' {
		k.report.Dotfiles = "shown"
	}
	if modTime.IsZero() {
		return nil
	}
	c := &ClockReport{}
	c.Zone = modTime.Sub(now).Round(15 * time.Minute)
	c.Ahead = modTime.Sub(now) - c.Zone
	if listed.Precision != listing.NoTime && !listed.UTC {
		zone := listed.ModTime.Sub(now).Round(15 * time.Minute)
		c.ListZone = &zone
	}
	k.report.Clock = c
	return nil
}

// findEntry returns the entry for name, of kind None where there is none. It fails
// where the listing is not complete.
func (k *checker) findEntry(raw RawListing, name string, now time.Time) (found listing.Entry, err error) {
	lines := 0
	for e, err := range raw.Entries(k.features.listForm, now) {
		if err != nil {
			return found, err
		}
		if lines++; e.Name == name && e.Kind != listing.CurrentDir && e.Kind != listing.ParentDir {
			found = e
		}
	}
	return found, errors.Join(CheckEnd(raw), CheckCount(raw.Final, lines))
}
