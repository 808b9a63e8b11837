package remote

import (
	"slices"
	"testing"
	"time"
)

func TestTrashPlaces(t *testing.T) {
	k := trashDirs{name: "trash"}
	now := time.Date(2026, 11, 22, 16, 20, 0, 5e8, time.UTC)
	next := func(own, below, want string) (string, []string) {
		t.Helper()
		stamp := k.wanted(below)
		if stamp != want {
			t.Errorf("%s wants a stamp directory of %q, not %q", below, stamp, want)
		}
		if stamp != "" {
			k.made(own, stamp+"-2")
		}
		at, dirs := k.take(below)
		return at.String(), dirs
	}
	k.beginPass(now)
	at, dirs := next("/r/.ferry", "a/b", "20261122-162000")
	want := []string{"/r/.ferry/trash/20261122-162000-2/a"}
	if at != "/r/.ferry/trash/20261122-162000-2/a/b" || !slices.Equal(dirs, want) {
		t.Errorf("first: %s, %q", at, dirs)
	}
	k.note(dirs...)
	if at, dirs := next("/r/.ferry", "a/c", ""); at != "/r/.ferry/trash/20261122-162000-2/a/c" || len(dirs) != 0 {
		t.Errorf("beside it: %s, %q", at, dirs)
	}
	if at, _ := next("/r/.ferry", "a/b", "20261122-162001"); at != "/r/.ferry/trash/20261122-162001-2/a/b" {
		t.Errorf("the same once more: %s", at)
	}
	k.beginPass(now)
	if at, _ := next("/r/.ferry", "x", ""); at != "/r/.ferry/trash/20261122-162001-2/x" {
		t.Errorf("another scan in the same second: %s", at)
	}
	k.beginPass(now.Add(time.Hour))
	if at, _ := next("/ferry-data", "x", "20261122-172000"); at != "/ferry-data/trash/20261122-172000-2/x" {
		t.Errorf("a later pass: %s", at)
	}
	k.beginPass(now.Add(2 * time.Hour)) // it moves nothing there, as most passes of a watch
	k.beginPass(now.Add(72 * time.Hour))
	if at, _ := next("/ferry-data", "x", "20261125-162000"); at != "/ferry-data/trash/20261125-162000-2/x" {
		t.Errorf("days after a pass that moved nothing there: %s", at)
	}
	k.forget()
	if _, dirs := next("/ferry-data", "a/d", ""); len(dirs) != 3 {
		t.Errorf("after the trash was emptied: %q", dirs)
	}
}
