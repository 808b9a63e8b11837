package deflate

import (
	"testing"
	"time"
)

// A seen is a transfer that was measured.
type seen struct {
	compressed bool
	sent, size int64
	took       time.Duration
}

func TestLine(t *testing.T) {
	const kb, mb = 1 << 10, 1 << 20
	plain := func(size int64, took time.Duration) seen { return seen{false, size, size, took} }
	packed := func(size int64, took time.Duration) seen { return seen{true, size / 4, size, took} }
	for _, tt := range []struct {
		name      string
		roundTrip time.Duration
		seen      []seen
		size      int64
		pays, may bool
	}{
		{"nothing is known", 30 * time.Millisecond, nil, 200 * kb, false, false},
		{"nothing is known, a large file", 30 * time.Millisecond, nil, 5 * mb, false, true},
		{"nothing is known, a large file, near", time.Millisecond, nil, 5 * mb, false, false},
		{"slow", 30 * time.Millisecond, []seen{plain(200*kb, time.Second)}, 100 * kb, true, false},
		{"slow, and a tiny file", 30 * time.Millisecond, []seen{plain(200*kb, time.Second)}, kb, false, false},
		{"slow, by many small files", 30 * time.Millisecond, []seen{plain(20*kb, 250*time.Millisecond), plain(20*kb, 250*time.Millisecond), plain(20*kb, 250*time.Millisecond)}, 100 * kb, true, false},
		{"only round trips", 100 * time.Millisecond, []seen{plain(200*kb, 500*time.Millisecond)}, 100 * kb, false, false},
		{"fast", 30 * time.Millisecond, []seen{plain(50*mb, time.Second)}, 100 * kb, false, false},
		{"fast, a large file", 30 * time.Millisecond, []seen{plain(50*mb, time.Second)}, 50 * mb, false, false},
		{"compressing brings much", 30 * time.Millisecond, []seen{plain(200*kb, time.Second), packed(200*kb, 300*time.Millisecond)}, 100 * kb, true, false},
		{"compressing brings nothing", 30 * time.Millisecond, []seen{plain(200*kb, time.Second), packed(200*kb, time.Second)}, 100 * kb, false, false},
		{"a first trial is slow", 30 * time.Millisecond, []seen{packed(64*kb, 600*time.Millisecond)}, 5 * mb, false, false},
		{"a first trial is quick", 30 * time.Millisecond, []seen{packed(64*kb, 80*time.Millisecond)}, 5 * mb, false, true},
	} {
		var l Line
		l.NoteRoundTrip(tt.roundTrip)
		for _, s := range tt.seen {
			l.Note(Up, s.compressed, s.sent, s.size, s.took)
		}
		if pays, may := l.Pays(Up, tt.size), l.MayPay(Up, tt.size); pays != tt.pays || may != tt.may {
			t.Errorf("%s: pays %v, may pay %v; want %v, %v", tt.name, pays, may, tt.pays, tt.may)
		}
		if l.Pays(Down, tt.size) {
			t.Errorf("%s: it pays the other way", tt.name)
		}
	}
}

// TestLineChanges holds that a line which has become fast is measured anew, without compression.
func TestLineChanges(t *testing.T) {
	var l Line
	l.NoteRoundTrip(time.Millisecond)
	l.Note(Down, false, 1<<20, 1<<20, 5*time.Second)
	if !l.Pays(Down, 1<<20) {
		t.Fatal("it does not pay on a slow line")
	}
	l.Note(Down, true, 5<<20, 50<<20, time.Second)
	if l.Pays(Down, 1<<20) {
		t.Error("it pays on a line that has become fast")
	}
}

// TestLineIsShared holds that compressing is not given up because the files before came alone: each
// transfer is slower when there are more of them.
func TestLineIsShared(t *testing.T) {
	var l Line
	l.NoteRoundTrip(30 * time.Millisecond)
	note := func(compressed bool, files int, took time.Duration) {
		for range files {
			l.Note(Down, compressed, 100<<10, 200<<10, took)
		}
	}
	note(false, 4, 500*time.Millisecond)
	note(true, 4, 600*time.Millisecond) // ten at a time
	note(false, 4, 1200*time.Millisecond)
	if !l.Pays(Down, 200<<10) {
		t.Error("it was given up")
	}
	for range 2 * mostVain {
		note(false, 4, 600*time.Millisecond)
		note(true, 4, 600*time.Millisecond)
	}
	note(false, 4, 1200*time.Millisecond)
	if l.Pays(Down, 200<<10) {
		t.Error("it brought nothing again and again, and goes on")
	}
}

func TestPaysRest(t *testing.T) {
	var l Line
	l.NoteRoundTrip(30 * time.Millisecond)
	for _, tt := range []struct {
		sent, left int64
		took       time.Duration
		want       bool
	}{
		{64 << 10, 20 << 20, time.Second, true},
		{64 << 10, 20 << 20, 90 * time.Millisecond, false}, // those are round trips
		{64 << 10, 100 << 10, time.Second, false},          // it is nearly there
		{10 << 20, 12 << 20, time.Minute, false},           // half of it would come twice
	} {
		if got := l.PaysRest(tt.sent, tt.left, tt.took); got != tt.want {
			t.Errorf("%d bytes in %v, %d to come: %v", tt.sent, tt.took, tt.left, got)
		}
	}
}

func TestFutile(t *testing.T) {
	var l Line
	for name, want := range map[string]bool{"a.zip": true, "A.JPG": true, "a.tar.gz": true, "a.txt": false, "Makefile": false, "/d.zip/a": false, "a.ts": false} {
		if l.IsFutile(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	for range mostFutile {
		l.NoteSize("/x/a.dat", 99_000, 100_000)
	}
	if !l.IsFutile("b.DAT") || l.IsFutile("b.txt") {
		t.Error("what became no smaller is not known by its extension")
	}
	l.NoteSize("c.dat", 30_000, 100_000)
	if l.IsFutile("b.dat") {
		t.Error("one that became smaller does not count")
	}
}

// TestTrials holds that one transfer at a time is the first, and none after it cannot be.
func TestTrials(t *testing.T) {
	var l Line
	if !l.BeginTrial(Up) || l.BeginTrial(Up) || !l.BeginTrial(Down) {
		t.Error("one way, one trial")
	}
	l.EndTrial(Up)
	if !l.BeginTrial(Up) {
		t.Error("the next one may try")
	}
	l.EndTrial(Up)
	l.BarTrial(Up)
	if l.BeginTrial(Up) {
		t.Error("nobody may try any more")
	}
	for range mostFailures {
		l.NoteEnd(Down, false)
	}
	if !l.HasFailed(Down) || l.HasFailed(Up) {
		t.Error("three that broke in a row are enough")
	}
}
