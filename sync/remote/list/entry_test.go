package list

import (
	"testing"
	"time"

	"ferry/manifest"

	"ferry/internal/ftp"

	"github.com/google/go-cmp/cmp"
)

// What the lines of listings become.
func TestListedEntries(t *testing.T) {
	at := time.Date(2026, time.November, 22, 16, 17, 0, 0, time.UTC)
	tests := []struct {
		form ftp.ListForm
		line string
		want manifest.Entry
	}{
		{ftp.FormMLSD, "type=file;size=7;modify=20261122161700.5; a",
			manifest.Entry{Kind: manifest.File, Size: 7, ModTime: at.UnixNano() + 5e8, Precision: manifest.Second}},
		{ftp.FormMLSD, "type=file;size=7; a", manifest.Entry{Kind: manifest.File, Size: 7, Precision: manifest.NoTime}},
		{ftp.FormMLSD, "type=dir; a", manifest.Entry{Kind: manifest.Dir, Precision: manifest.NoTime}},
		{ftp.FormMLSD, "type=OS.unix=slink:b; a", manifest.Entry{Kind: manifest.Other, Precision: manifest.NoTime}},
		{ftp.FormMLSD, "type=unknown; a", manifest.Entry{Kind: manifest.Other, Precision: manifest.NoTime}},
		{ftp.FormLIST, "-rw-r--r-- 1 a b 5 Nov 22 16:17 a",
			manifest.Entry{Kind: manifest.File, Size: 5, ModTime: at.UnixNano(), Precision: manifest.Minute, Shown: at.Unix(), ShownPrecision: manifest.Minute}},
		{ftp.FormLIST, "drwxr-xr-x 1 a b 5 Jan  1  1970 a",
			manifest.Entry{Kind: manifest.Dir, Precision: manifest.Day, Shown: 1, ShownPrecision: manifest.Day}},
		{ftp.FormLIST, "-rw-r--r-- 1 a b 5 Jan  1  1970 epoch",
			manifest.Entry{Kind: manifest.File, Size: 5, Precision: manifest.Day, Shown: 1, ShownPrecision: manifest.Day}},
		{ftp.FormLIST, "lrwxrwxrwx 1 a b 5 Jan  1  1970 a -> b",
			manifest.Entry{Kind: manifest.Other, Precision: manifest.Day, Shown: 1, ShownPrecision: manifest.Day}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, entryOfLine(t, tt.form, tt.line)); diff != "" {
			t.Errorf("%s: %s", tt.line, diff)
		}
	}
}

func TestUniqueFacts(t *testing.T) {
	id := func(line string) uint64 { return entryOfLine(t, ftp.FormMLSD, line).ID }
	a, b, none := id("type=dir;unique=FE00U1; a"), id("type=dir;unique=FE00U2; a"), id("type=dir; a")
	if a == b || a == 0 || none != 0 || a != id("type=file;size=1;unique=FE00U1; b") {
		t.Errorf("identities %x %x %x", a, b, none)
	}
}

// entryOfLine returns the only entry of a listing.
func entryOfLine(t *testing.T, form ftp.ListForm, line string) manifest.Entry {
	t.Helper()
	l, err := parseListing(form, line+"\r\n", finalReply(""), true)
	if err != nil || len(l.Entries) != 1 {
		t.Fatalf("%s: %+v, %v", line, l, err)
	}
	return l.Entries[0].Entry
}
