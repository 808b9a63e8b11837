package check

import (
	"context"
	"strings"
	"time"

	"ferry/internal/ftp"
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
	if listed.Kind == listing.None && name[0] == '.' {
		if err := k.lookForDots(ctx, name); err != nil {
			return err
		}
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

// lookForDots looks whether LIST -a shows name, which begins with a dot and which other
// listings leave out.
func (k *checker) lookForDots(ctx context.Context, name string) error {
	shown := false
	_, err := k.session.List(ctx, k.report.Root, ftp.FormLISTAll, time.Now(), func(e listing.Entry) {
		shown = shown || e.Name == name
	})
	if shown {
		k.features.Observe(ftp.ListsDotNames, false)
		k.report.List, k.report.Dotfiles = ftp.FormLISTAll.Command(), "shown"
	}
	if k.session.Dead() {
		return err
	}
	return nil
}
