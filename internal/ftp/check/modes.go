package check

import (
	"context"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
)

// listDir returns the directory to list: the root, or "", the login directory, where
// the root does not exist.
func (k *checker) listDir() string {
	if k.report.RootThere {
		return k.report.Root
	}
	return ""
}

// list lists dir and calls add for each name in it.
func (k *checker) list(ctx context.Context, dir string, form ftp.ListForm, add func(listing.Entry)) (*ftp.Listing, error) {
	return k.session.List(ctx, dir, form, time.Now(), func(e listing.Entry) {
		if e.Kind != listing.CurrentDir && e.Kind != listing.ParentDir {
			add(e)
		}
	})
}

// checkModes tries each data mode by itself and chooses the one that ferry uses.
func (k *checker) checkModes(ctx context.Context) error {
	works := make(map[ftp.DataMode]bool)
	for _, m := range ftp.Auto.DataModes() {
		trace, err := k.tryMode(ctx, m)
		if err != nil {
			return err
		}
		works[m] = trace.Works
		k.report.Modes = append(k.report.Modes, trace)
	}
	for _, m := range k.opts.Mode.DataModes() {
		if works[m] {
			k.report.Mode = m.String()
			k.client.PreferMode(m)
			break
		}
	}
	switch {
	case k.report.ListingRefused() != "":
		k.report.RefusesListing = true
		k.note("the server refuses to list the directory, so no data mode could be tried; " + dropBox)
	case k.report.Mode == "":
		k.note("no data mode that the options allow works, so ferry can transfer neither listings nor files")
	}
	return nil
}

// dropBox is what to do with a server that takes files and shows nothing.
const dropBox = "if it is a drop box, which takes files and shows nothing, \"ferry push --blind\" sends there without looking"

// ListingRefused returns the server's words where no data mode could be tried, because the
// server refuses the listing that tries them; "" otherwise.
func (r *Report) ListingRefused() string {
	for _, trace := range r.Modes {
		if r.Mode == "" && trace.Declined {
			return trace.Why
		}
	}
	return ""
}

// tryMode lists a directory over a data connection in mode m and returns the trace.
func (k *checker) tryMode(ctx context.Context, m ftp.DataMode) (*ftp.Trace, error) {
	if err := k.connect(ctx); err != nil {
		return nil, err
	}
	trace, err := k.session.TryMode(ctx, m, k.listDir())
	if err == nil && trace.Works && k.report.TLS != nil {
		resumed := k.session.ResumedTLS()
		k.report.TLS.Resumed = &resumed
	}
	return trace, err
}

// checkListing finds the best command to list with.
func (k *checker) checkListing(ctx context.Context) error {
	if k.report.Mode == "" {
		return nil
	}
	if err := k.connect(ctx); err != nil {
		return err
	}
	if dir := k.listDir(); dir != "" {
		if _, err := k.session.Command(ctx, "CWD "+dir); err != nil {
			return err
		}
	}
	if err := k.session.Probe(ctx); err != nil {
		return err
	}
	if why := k.features.ListNote(); why != "" {
		k.note("the server %s", why)
	}
	k.report.List = k.features.ListForm().Command()
	if k.features.ListForm() != ftp.FormLIST {
		k.report.Dotfiles = "shown"
	}
	return nil
}
