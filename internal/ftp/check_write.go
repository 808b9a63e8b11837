package ftp

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"ferry/internal/ftp/listing"
)

// write puts a temporary into the root, looks at it, and removes it.
func (k *checker) checkWriting(ctx context.Context) error {
	if k.report.Mode == "" || !k.report.RootThere {
		return nil
	}
	if err := k.connect(ctx); err != nil {
		return err
	}
	mark := make([]byte, 8)
	rand.Read(mark)
	at, err := k.storeTemp(ctx, hex.EncodeToString(mark))
	if err != nil || at == "" {
		return err
	}
	defer k.removeTemp(at)
	if err := k.checkClock(ctx, at); err != nil {
		return err
	}
	return k.findSetTime(ctx, at)
}

// place stores the temporary and returns its path, "" where the server does not
// let it.
func (k *checker) storeTemp(ctx context.Context, mark string) (string, error) {
	var refusal error
	for _, plain := range []bool{false, true} {
		at := strings.TrimSuffix(k.report.Root, "/") + "/" + k.target.TempName(mark, plain)
		_, _, err := k.session.Store(ctx, at, 0, strings.NewReader("ferry check\r\n"))
		if err == nil {
			k.features.Observe(StoresDotNames, !plain)
			return at, nil
		}
		if class, ok := ClassOf(err); !ok || class != File || k.session.Dead() {
			k.removeTemp(at)
			return "", err
		}
		refusal = err
	}
	k.note("nothing may be written in the directory: %v", refusal)
	return "", nil
}

// remove removes the temporary, on a new session where need be, even when the
// check was cancelled.
func (k *checker) removeTemp(at string) {
	ctx, cancel := context.WithTimeout(context.Background(), k.opts.Timeout)
	defer cancel()
	r, err := Reply{}, k.connect(ctx)
	if err == nil {
		r, err = k.session.Command(ctx, "DELE "+at)
	}
	if err != nil {
		k.note("the temporary %q may be left: %v", at, err)
	} else if !r.OK() && r.Code != 550 {
		k.note("the temporary %q could not be removed: %v", at, r)
	}
}

// timeOf asks for the time of a file by its name, zero where the server does not
// tell.
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

// setTime tries the commands that set the time of a file, until one does what it
// says.
func (k *checker) findSetTime(ctx context.Context, at string) error {
	const stamp = "20010203040506"
	want := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	k.report.SetTime = "none"
	for _, method := range []struct {
		name, line string
		sets       Quirk
	}{
		{"MFMT", "MFMT " + stamp + " " + at, MFMTWorks},
		{"MDTM", "MDTM " + stamp + " " + at, MDTMSetsTime},
		{"SITE UTIME", "SITE UTIME " + at + " " + stamp + " " + stamp + " " + stamp + " UTC", SiteUtimeWorks},
		{"SITE UTIME", "SITE UTIME " + stamp + " " + at, ShortUtimeWorks},
	} {
		r, err := k.session.Command(ctx, method.line)
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
			k.features.Observe(method.sets, true)
			k.report.SetTime = method.name
			return nil
		}
	}
	return nil
}
