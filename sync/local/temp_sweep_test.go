package local_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// TestSweep leaves temporary files behind, as a kill does, and lets the next run sweep.
// It lists nothing by itself: where to look is in the journal.
func TestSweep(t *testing.T) {
	const source, version = "0123456789abcdef", "0000000000000000"
	temp := func(fingerprint, owner string) string {
		return manifest.TempName(manifest.NewTempMark(fingerprint, owner), false)
	}
	big := manifest.Entry{Kind: manifest.File, Size: sync.ResumeFrom}
	whole := manifest.Entry{Kind: manifest.File, Size: 1, ModTime: fixedTime.UnixNano()}
	for _, c := range []struct {
		name   string
		temp   string
		noted  bool
		size   int64         // 0: one byte
		stands time.Duration // how long this machine has seen it so
		sweep  sync.Sweep
		stays  bool
		kept   bool // in the trash
	}{
		{name: "ours", temp: temp(source, "us"), noted: true},
		{name: "ours, not noted", temp: temp(source, "us"), stays: true},
		{name: "a user's version under our mark", temp: temp(version, "us"), noted: true, kept: true},
		{name: "a part that this pass may go on with", temp: temp(local.Fingerprint("big", big), "us"), noted: true,
			sweep: sync.Sweep{Pending: slices.Values([]sync.Wanted{{Path: "big", Entry: big}}), Whole: true}, stays: true},
		{name: "a part with holes, longer than what comes", temp: temp(local.Fingerprint("big", big), "us"), noted: true, size: sync.ResumeFrom + 1,
			sweep: sync.Sweep{Pending: slices.Values([]sync.Wanted{{Path: "big", Entry: big}}), Whole: true}},
		{name: "of others", temp: temp(source, "them"), noted: true, sweep: sync.Sweep{Others: true}, stays: true},
		{name: "of others, for long", temp: temp(source, "them"), noted: true, sweep: sync.Sweep{Others: true}, stands: 25 * time.Hour},
		{name: "of others, for long, and one may be at work", temp: temp(source, "them"), noted: true, stands: 25 * time.Hour, stays: true},
		{name: "of an old version, for long", temp: ".ferry-" + source + "deadbeef-f.part", noted: true, sweep: sync.Sweep{Others: true}, stands: 25 * time.Hour},
		{name: "somebody's file", temp: "ferry-20240101-crossing.mp4.part", noted: true, sweep: sync.Sweep{Others: true}, stays: true},
		{name: "a whole copy of what this pass writes", temp: temp(version, "us"), noted: true, sweep: sync.Sweep{Pending: slices.Values([]sync.Wanted{{Path: "d/f", Entry: whole}})}},
		{name: "what this pass writes elsewhere looks like that", temp: temp(version, "us"), noted: true, sweep: sync.Sweep{Pending: slices.Values([]sync.Wanted{{Path: "f", Entry: whole}})}, kept: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "temps")
			journal := manifest.OpenTempJournal(file)
			d, h := open(t, local.Options{Owner: "us", Temps: journal})
			h.Write("d/"+c.temp, strings.Repeat("x", int(max(1, c.size))), fixedTime)
			if c.noted {
				journal.Begin("d")
			}
			if c.stands > 0 {
				journal.StoodStill("d/"+c.temp, manifest.Entry{Size: 1, ModTime: fixedTime.UnixNano()}, time.Now().Add(-c.stands))
			}
			if d.Leftovers() != c.noted {
				t.Errorf("leftovers: %v", d.Leftovers())
			}
			h.must(d.Sweep(t.Context(), c.sweep))
			if _, there := h.Read("d/" + c.temp); there != c.stays {
				t.Errorf("it is there: %v, want %v", there, c.stays)
			}
			if inTrash := len(h.List()) > 2; inTrash != c.kept {
				t.Errorf("in the trash: %v, want %v", inTrash, c.kept)
			}
			h.must(d.Tidy(t.Context()))
			left := manifest.OpenTempJournal(file).Dirs()
			mark, _ := manifest.TempMark(c.temp)
			if ours := c.noted && c.stays && manifest.TempIsFrom(mark, "us"); (len(left) > 0) != ours {
				t.Errorf("still noted: %q", left)
			}
		})
	}
}
