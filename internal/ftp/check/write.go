package check

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
)

// checkWriting stores a temporary in the root, learns from it about the server's
// clock and how to set times, and removes it.
func (k *checker) checkWriting(ctx context.Context) error {
	if k.report.Mode == "" || !k.report.RootThere {
		return nil
	}
	if err := k.connect(ctx); err != nil {
		return err
	}
	at, err := k.storeTemp(ctx, newMark())
	if err != nil || at == "" {
		return err
	}
	defer k.removeTemp(at)
	if err := k.checkStat(ctx, at); err != nil {
		return err
	}
	if err := k.checkShown(ctx, at); err != nil {
		return err
	}
	if err := k.checkClock(ctx, at); err != nil {
		return err
	}
	if err := k.findSetTime(ctx, at); err != nil {
		return err
	}
	return k.checkModeZ(ctx, at)
}

// tempText is what a temporary holds.
const tempText = "ferry check\r\n"

// newMark returns a mark that no other temporary has.
func newMark() string {
	mark := make([]byte, 8)
	rand.Read(mark)
	return hex.EncodeToString(mark)
}

// storeTemp stores the temporary, under a name without a leading dot where the
// server refuses one with it. It returns the path, "" where the server allows
// neither.
func (k *checker) storeTemp(ctx context.Context, mark string) (string, error) {
	var refusal error
	for _, plain := range []bool{false, true} {
		at := strings.TrimSuffix(k.report.Root, "/") + "/" + k.target.TempName(mark, plain)
		_, _, err := k.session.Store(ctx, at, 0, strings.NewReader(tempText))
		if err == nil {
			k.features.Observe(ftp.StoresDotNames, !plain)
			if plain {
				k.note("the server refuses names that begin with a dot (%v): half-written files and ferry's own directory get other names there", refusal)
			}
			return at, nil
		}
		var e *ftp.Error
		if !errors.As(err, &e) || e.Code < 500 || e.Code == 530 || k.session.Dead() {
			k.removeTemp(at)
			return "", err
		}
		refusal = err
	}
	k.note("the server allows no writing in the directory: %v", refusal)
	return "", nil
}

// removeTemp removes the temporary, on a new session if need be, even when the check
// was cancelled.
func (k *checker) removeTemp(at string) {
	ctx, cancel := context.WithTimeout(context.Background(), k.opts.Timeout)
	defer cancel()
	r, err := ftp.Reply{}, k.connect(ctx)
	if err == nil {
		r, err = k.session.Command(ctx, "DELE "+at)
	}
	if err != nil {
		k.note("the temporary %q may be left: %v", at, err)
	} else if !r.OK() && r.Code != 550 {
		k.note("the temporary %q could not be removed: %v", at, r)
	}
}

// checkStat finds out which commands tell of a file that is there.
func (k *checker) checkStat(ctx context.Context, at string) error {
	for _, c := range []struct {
		command string
		has     bool
		works   ftp.Quirk
		tells   func(ftp.Reply) bool
	}{
		{"MLST", k.features.HasMLST(), ftp.MLSTWorks, func(r ftp.Reply) bool { return ftp.ParseMLST(at, r).Entry.Kind == listing.File }},
		{"SIZE", k.features.HasSIZE(), ftp.SIZEWorks, ftp.TellsSize},
		{"MDTM", k.features.HasMDTM(), ftp.MDTMWorks, ftp.TellsTime},
	} {
		if !c.has {
			continue
		}
		r, err := k.session.Command(ctx, c.command+" "+at)
		if err != nil {
			return err
		}
		k.features.Observe(c.works, c.tells(r))
	}
	return nil
}

// checkShown says where the server shows nothing of a file that is there.
func (k *checker) checkShown(ctx context.Context, at string) error {
	for _, works := range []ftp.Quirk{ftp.MLSTWorks, ftp.SIZEWorks, ftp.MDTMWorks} {
		if told, known := k.features.Known(works); known && told {
			return nil
		}
	}
	shown := false
	_, err := k.session.List(ctx, k.report.Root, k.features.ListForm(), time.Now(), func(e listing.Entry) {
		shown = shown || strings.HasSuffix(at, "/"+e.Name)
	})
	if err == nil && !shown {
		k.note("the server does not show a file that was just stored; " + dropBox)
	}
	if class, ok := ftp.ClassOf(err); ok && class == ftp.File {
		return nil
	}
	return err
}

// modTime returns the modification time by MDTM, the zero time where the server does
// not tell it.
func (k *checker) modTime(ctx context.Context, at string) (time.Time, error) {
	r, err := k.session.Command(ctx, "MDTM "+at)
	if err != nil || r.Code != 213 {
		return time.Time{}, err
	}
	t, err := listing.ParseTimeVal(strings.TrimSpace(r.Text))
	if err != nil {
		return time.Time{}, nil
	}
	return t, nil
}

// findSetTime tries the commands that set the modification time of a file until one
// of them has set it. A time that is off by a time zone counts as set.
func (k *checker) findSetTime(ctx context.Context, at string) error {
	const stamp = "20010203040506"
	want := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	k.report.SetTime = "none"
	for _, c := range ftp.SetTimeCommands(at, stamp) {
		r, err := k.session.Command(ctx, c.Line)
		if err != nil {
			return err
		}
		if !r.OK() {
			continue
		}
		got, err := k.modTime(ctx, at)
		if err != nil {
			return err
		}
		if zone := got.Sub(want).Round(15 * time.Minute); !got.IsZero() && got.Sub(want) == zone && zone.Abs() <= 14*time.Hour {
			k.features.Observe(c.Sets, true)
			k.report.SetTime = c.Name
			return nil
		}
	}
	return nil
}
