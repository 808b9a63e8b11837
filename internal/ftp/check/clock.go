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
	list, err := k.list(ctx, k.report.Root, k.features.ListForm(), func(e listing.Entry) {
		if e.Name == name {
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
	if err := k.noteShown(ctx, name, listed.Kind != listing.None); err != nil {
		return err
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

// noteShown notes what it says that the listing shows the temporary, or does not.
func (k *checker) noteShown(ctx context.Context, name string, shown bool) error {
	dotted := name[0] == '.'
	if dotted && !shown {
		var err error
		if shown, err = k.lookForDots(ctx, name); err != nil {
			return err
		}
	}
	switch unknown := dotted && k.report.Dotfiles == "unknown"; {
	case unknown && shown:
		k.report.Dotfiles = "shown"
	case unknown:
		k.report.Dotfiles = "hidden"
	case !shown:
		k.note("the listing does not show a file that was just written")
	}
	return nil
}

// lookForDots looks whether LIST -a shows name, which begins with a dot and which other
// listings leave out.
func (k *checker) lookForDots(ctx context.Context, name string) (shown bool, err error) {
	_, err = k.list(ctx, k.report.Root, ftp.FormLISTAll, func(e listing.Entry) {
		shown = shown || e.Name == name
	})
	if shown {
		k.features.Observe(ftp.ListsDotNames, false)
		k.report.List, k.report.Dotfiles = ftp.FormLISTAll.Command(), "shown"
	}
	if k.session.Dead() {
		return shown, err
	}
	return shown, nil
}
