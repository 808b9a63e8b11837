package check

import (
	"context"
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
	name := at[strings.LastIndexByte(at, '/')+1:]
	var listed listing.Entry
	list, err := k.session.List(ctx, k.report.Root, k.features.ListForm(), now, func(e listing.Entry) {
		if e.Name == name && e.Kind != listing.CurrentDir && e.Kind != listing.ParentDir {
			listed = e
		}
	})
	if err != nil {
		return err
	}
	if err := list.Check(); err != nil {
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
