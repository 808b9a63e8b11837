package filter

import (
	"testing"
	"time"

	"ferry/manifest"
)

func TestOnly(t *testing.T) {
	only := NewOnly([]manifest.Path{"a/b", "x.txt"})
	for _, c := range []struct {
		path                    manifest.Path
		includes, leads, hidden bool
	}{
		{"a/b", true, false, false},
		{"a/b/c/d", true, false, false},
		{"x.txt", true, false, false},
		{"a", false, true, false},
		{"", false, true, false},
		{"a/c", false, false, true},
		{"a/bc", false, false, true},
		{"ab", false, false, true},
		{"x.txt~", false, false, true},
		// What a side may take for one of them is looked at, and is still no part of it.
		{"A/B", false, false, false},
		{"A", false, false, false},
		{"a/B/c", false, false, false},
		{"X.TXT", false, false, false},
		{"A/C", false, false, true},
	} {
		if got := only.Includes(c.path); got != c.includes {
			t.Errorf("%q: included %v", c.path, got)
		}
		if got := only.LeadsTo(c.path); got != c.leads {
			t.Errorf("%q: leads to a part: %v", c.path, got)
		}
		if got := only.Hides(c.path); got != c.hidden {
			t.Errorf("%q: hidden %v", c.path, got)
		}
	}
}

func TestEverything(t *testing.T) {
	for _, paths := range [][]manifest.Path{nil, {}, {"a", manifest.Root}} {
		only := NewOnly(paths)
		if only != nil || !only.Includes("x") || only.Hides("x") || only.LeadsTo("x") || only.Paths() != nil {
			t.Errorf("%q is not everything", paths)
		}
	}
	if inner := NewOnly([]manifest.Path{"a", "a/b"}); inner.LeadsTo("a") || !inner.Includes("a/c") {
		t.Error("a path within another one makes that smaller")
	}
}

func TestTooLarge(t *testing.T) {
	b := Bounds{MaxSize: 10}
	for _, c := range []struct {
		e    manifest.Entry
		want bool
	}{
		{manifest.Entry{Kind: manifest.File, Size: 10}, false},
		{manifest.Entry{Kind: manifest.File, Size: 11}, true},
		{manifest.Entry{Kind: manifest.Dir, Size: 4096}, false},
		{manifest.Entry{}, false},
	} {
		if b.TooLarge(c.e) != c.want {
			t.Errorf("%+v: %v", c.e, !c.want)
		}
	}
	if (Bounds{}).TooLarge(manifest.Entry{Kind: manifest.File, Size: 1 << 40}) {
		t.Error("there is a limit")
	}
}

func TestTooYoung(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	b := Bounds{MinAge: 5 * time.Minute}
	for _, c := range []struct {
		name      string
		changed   time.Time
		precision manifest.Precision
		until     time.Duration // from now; 0: old enough
	}{
		{"long ago", now.Add(-time.Hour), manifest.Nanosecond, 0},
		{"a moment ago", now.Add(-time.Minute), manifest.Nanosecond, 4*time.Minute + 1},
		{"as old as asked for", now.Add(-5*time.Minute - time.Second), manifest.Second, 0},
		{"minutes may be up to a minute younger", now.Add(-5*time.Minute - 30*time.Second), manifest.Minute, 30 * time.Second},
		{"a clock that is ahead", now.Add(time.Hour), manifest.Second, time.Hour + 5*time.Minute + time.Second},
		{"a time that says nothing", now.AddDate(10, 0, 0), manifest.Second, 0},
		{"no time", time.Time{}, manifest.NoTime, 0},
	} {
		e := manifest.Entry{Kind: manifest.File, Precision: c.precision}
		if c.precision != manifest.NoTime {
			e.ModTime = c.changed.UnixNano()
		}
		until, young := b.TooYoung(e, now)
		if young != (c.until > 0) || young && until.Sub(now) != c.until {
			t.Errorf("%s: %v until %s, want %s", c.name, young, until.Sub(now), c.until)
		}
	}
	if _, young := (Bounds{}).TooYoung(manifest.Entry{Kind: manifest.File, ModTime: now.UnixNano()}, now); young {
		t.Error("there is a limit")
	}
	if _, young := b.TooYoung(manifest.Entry{Kind: manifest.Dir, ModTime: now.UnixNano()}, now); young {
		t.Error("a directory has no age")
	}
}
