package remote

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/temporary"
)

// machine opens the root of h for an owner whose journal is in a new file.
func (h *fixture) machine(owner string) (*Directory, *manifest.TempJournal) {
	h.Helper()
	journal := manifest.OpenTempJournal(filepath.Join(h.TempDir(), "temps"))
	return open(h.T, h.server.Addr(), "ferry", "secret", "", func(o *Options) { o.Owner, o.Temps = owner, journal }), journal
}

// TestSweepOfTwoMachines leaves temporaries of two machines in directories that no scan
// lists. Each sweeps its own at once, and those of the other when it has seen them stand
// still for long.
func TestSweepOfTwoMachines(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	a, noted := h.machine("a")
	b, _ := h.machine("b")
	old := time.Now().AddDate(-1, 0, 0)
	ofA, ofB := "d/"+a.temps.NewName("0123456789abcdef", false), "d/"+b.temps.NewName("0123456789abcdef", true)
	users := "d/ferry-20240101-crossing.mp4.part"
	legacy := "d/.ferry-0123456789abcdefdeadbeef-f.part"
	for _, name := range []string{ofA, ofB, users, legacy} {
		h.write(name, "x")
		h.touch(name, old) // a temporary has the time of its source
	}
	noted.Begin("d")
	noted.Begin("not there")
	if !a.Leftovers() || b.Leftovers() {
		t.Errorf("leftovers: a %v, b %v", a.Leftovers(), b.Leftovers())
	}
	sweep := func(d *Directory) {
		t.Helper()
		if err := d.Sweep(t.Context(), sync.Sweep{Whole: true, Others: true}); err != nil {
			t.Error(err)
		}
		if err := d.Tidy(t.Context()); err != nil {
			t.Error(err)
		}
	}
	sweep(b)
	h.holds(ofA, "x", ofB, "x", users, "x", legacy, "x")
	sweep(a)
	h.holds(ofB, "x", users, "x", legacy, "x")
	if len(noted.Dirs()) > 0 {
		t.Errorf("still noted: %q", noted.Dirs())
	}
	if _, err := a.Scan(t.Context(), sync.Look{}); err != nil {
		t.Fatal(err)
	}
	if a.Leftovers() {
		t.Error("what was seen just now is to be swept")
	}
	for _, one := range listDir(t, a, "d") { // a day ago they were the same
		noted.Gone("d/" + one.Name)
		noted.StoodStill("d/"+one.Name, one.Entry, time.Now().Add(-25*time.Hour))
	}
	if !a.Leftovers() {
		t.Error("what has stood still for long stays")
	}
	sweep(a)
	h.holds(users, "x")
}

// TestPartsStayForThisPass holds that a sweep leaves what the pass goes on with, and what
// this process keeps for a later attempt.
func TestPartsStayForThisPass(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	d, noted := h.machine("a")
	big := manifest.Entry{Kind: manifest.File, Size: sync.ResumeFrom, ModTime: 1}
	pending := d.temps.NewName(temporary.Fingerprint("big", big), false)
	kept := d.temps.NewName("0123456789abcdef", false)
	h.write(pending, "x", kept, "x")
	if _, err := d.Scan(t.Context(), sync.Look{}); err != nil {
		t.Fatal(err)
	}
	d.temps.Keep(place{Name: kept}, 1)
	part := sync.Sweep{Pending: slices.Values([]sync.Wanted{{Path: "big", Entry: big}})}
	if err := d.Sweep(t.Context(), part); err != nil {
		t.Fatal(err)
	}
	h.holds(pending, "x", kept, "x")
	d.temps.End(place{Name: pending})
	noted.Begin("")
	if err := d.Tidy(t.Context()); err != nil || len(noted.Dirs()) != 1 || d.Leftovers() {
		t.Errorf("%v; noted: %q, leftovers: %v; what is kept is no reason to sweep each time", err, noted.Dirs(), d.Leftovers())
	}
	d.temps.Saw(place{Name: pending}, manifest.Entry{Kind: manifest.File, Size: 1})
	part.Whole = true
	if err := d.Sweep(t.Context(), part); err != nil {
		t.Fatal(err)
	}
	h.holds(pending, "x")
}

// TestCancelledUploadsLeaveNothing cancels an upload after some of its group are on the
// server. Their temporaries go at once.
func TestCancelledUploadsLeaveNothing(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var steps []sync.Step
	for _, name := range []manifest.Path{"a", "b", "d/c"} {
		steps = append(steps, h.put(name, "text", manifest.Entry{}))
	}
	h.write("d/there", "x")
	opened := steps[2].Open
	steps[2].Open = func(ctx context.Context, offset int64) (sync.Source, error) {
		cancel()
		return opened(ctx, offset)
	}
	h.d.Apply(ctx, steps, func(i int, out sync.Outcome) {
		if out.Err == nil {
			t.Errorf("step %d was done", i)
		}
	})
	h.holds("d/there", "x")
}
