package manifest

import (
	"testing"
	"time"
)

func at(s string, p Precision) Entry {
	tm, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return Entry{Kind: File, ModTime: tm.UnixNano(), Precision: p}
}

// far is a file of a year that nanoseconds cannot hold.
func far(year int) Entry {
	e := Entry{Kind: File}
	e.SetTime(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), Second)
	return e
}

// TestSetTime sets times up to those that nanoseconds cannot hold.
func TestSetTime(t *testing.T) {
	for year := -10_000; year < 20_000; year += 7 {
		want := time.Date(year, 5, 6, 7, 8, 9, 10, time.UTC)
		var e Entry
		e.Kind = File
		e.SetTime(want, Nanosecond)
		if held := e.Precision == Nanosecond; held != (year >= 1679 && year <= 2261) && year != 1678 || held && !e.Time().Equal(want) || !held && !e.Time().IsZero() {
			t.Fatalf("%v: %+v", want, e)
		}
	}
}

func TestSameTime(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b Entry
		want bool
	}{
		{"equal to the nanosecond", at("2026-01-02T03:04:05.000000001Z", Nanosecond), at("2026-01-02T03:04:05.000000001Z", Nanosecond), true},
		{"a nanosecond apart", at("2026-01-02T03:04:05.000000001Z", Nanosecond), at("2026-01-02T03:04:05.000000002Z", Nanosecond), false},
		{"the second rounds down", at("2026-01-02T03:04:05.999Z", Nanosecond), at("2026-01-02T03:04:05Z", Second), true},
		{"another second", at("2026-01-02T03:04:06Z", Nanosecond), at("2026-01-02T03:04:05Z", Second), false},
		{"the same minute", at("2026-01-02T03:04:59Z", Second), at("2026-01-02T03:04:00Z", Minute), true},
		{"another minute", at("2026-01-02T03:05:00Z", Second), at("2026-01-02T03:04:00Z", Minute), false},
		{"the same day", at("2026-01-02T23:59:00Z", Minute), at("2026-01-02T00:00:00Z", Day), true},
		{"another day", at("2026-01-03T00:00:00Z", Minute), at("2026-01-02T00:00:00Z", Day), false},
		{"before 1970", at("1969-12-31T23:59:59.5Z", Nanosecond), at("1969-12-31T23:59:59Z", Second), true},
		{"before and after 1970", at("1969-12-31T23:59:59.5Z", Second), at("1970-01-01T00:00:00.5Z", Second), false},
		{"far away, alike", far(2300), far(2300), true},
		{"far away, another", far(2300), far(2301), false},
		{"far away before, far away after", far(2300), far(1500), false},
		{"far away and not", far(2300), at("2026-01-02T03:04:05Z", Second), false},
		{"far away, and no time", far(2300), Entry{Kind: File, Precision: NoTime}, true},
		{"one side tells no time", at("2026-01-02T03:04:05Z", Second), Entry{Kind: File, Precision: NoTime}, true},
	} {
		if got := SameTime(c.a, c.b); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		if got := SameTime(c.b, c.a); got != c.want {
			t.Errorf("%s, turned round: %v", c.name, got)
		}
	}
}

func TestSameShown(t *testing.T) {
	const day = 24 * 60 * 60
	minute := func(s int64) Entry { return Entry{Kind: File, Shown: s, ShownPrecision: Minute} }
	aged := func(s int64) Entry { return Entry{Kind: File, Shown: s, ShownPrecision: Day} }
	for _, c := range []struct {
		name string
		a, b Entry
		want bool
	}{
		{"the same line", minute(10*day + 600), minute(10*day + 600), true},
		{"a minute later", minute(10*day + 600), minute(10*day + 660), false},
		{"aged from minutes to days", minute(10*day + 600), aged(10 * day), true},
		{"aged, another day", minute(10*day + 600), aged(11 * day), false},
		{"no line seen", Entry{Kind: File}, minute(10 * day), false},
		{"neither seen", Entry{Kind: File}, Entry{Kind: File}, false},
	} {
		if got := SameShown(c.a, c.b); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		if got := SameShown(c.b, c.a); got != c.want {
			t.Errorf("%s, turned round: %v", c.name, got)
		}
	}
}

func TestUnchanged(t *testing.T) {
	file := at("2026-01-02T03:04:05Z", Second)
	file.Size = 5
	bigger, later, other := file, file, file
	bigger.Size++
	later.ModTime += int64(time.Second)
	other.ID, other.Sum, other.Name = 7, "sum", "spelling"
	dir := Entry{Kind: Dir, ModTime: 1}
	for _, c := range []struct {
		name     string
		was, now Entry
		want     bool
	}{
		{"the same", file, file, true},
		{"another size", file, bigger, false},
		{"another time", file, later, false},
		{"identity, content and spelling do not count", file, other, true},
		{"a directory's time does not count", dir, Entry{Kind: Dir, ModTime: 2}, true},
		{"another kind", file, dir, false},
		{"gone", file, Entry{}, false},
		{"never there", Entry{}, Entry{}, true},
	} {
		if got := Unchanged(c.was, c.now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestEntry(t *testing.T) {
	if e := (Entry{}); e.Exists() || e.IsFile() || e.IsDir() || !e.Time().IsZero() {
		t.Error("the zero Entry is something")
	}
	e := at("2026-01-02T03:04:05Z", Second)
	if got := e.Time().Format(time.RFC3339); got != "2026-01-02T03:04:05Z" {
		t.Errorf("Time is %s", got)
	}
	e.Precision = NoTime
	if !e.Time().IsZero() {
		t.Error("a time where the side tells none")
	}
	if got := e.Spelled("a/b"); got != "b" {
		t.Errorf("spelled %q", got)
	}
	e.Name = "B"
	if got := e.Spelled("a/b"); got != "B" {
		t.Errorf("spelled %q", got)
	}
	for k, want := range map[Kind]string{None: "nothing", File: "file", Dir: "directory", Other: "special file", 9: "kind 9"} {
		if got := k.String(); got != want {
			t.Errorf("kind %d is %q, want %q", uint8(k), got, want)
		}
	}
}
