package retention

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/trashbin"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 7, 28, 12, 0, 0, 0, time.UTC)

// old returns a thing of some size that was thrown away so long before noon.
func old(name string, age time.Duration, size int64) trashbin.Trashed {
	return trashbin.Trashed{
		Path: manifest.Path(name), ID: noon.Add(-age).Format("20060102-150405") + "/" + name, When: noon.Add(-age),
		Entry: manifest.Entry{Kind: manifest.File, Size: size},
	}
}

func names(things []trashbin.Trashed) []string {
	var all []string
	for _, t := range things {
		all = append(all, string(t.Path))
	}
	return all
}

func TestExcess(t *testing.T) {
	const day = 24 * time.Hour
	things := []trashbin.Trashed{old("new", 0, 10), old("day", day, 10), old("week", 7*day, 10), old("month", 30*day, 10)}
	for _, c := range []struct {
		name string
		keep time.Duration
		size int64
		want []string
	}{
		{"no limits", 0, 0, nil},
		{"by age", 7 * day, 0, []string{"month"}},
		{"exactly as old as is kept", 30 * day, 0, nil},
		{"by size", 0, 25, []string{"week", "month"}},
		{"exactly as much as is kept", 0, 40, nil},
		{"a limit below the newest", 0, 5, []string{"new", "day", "week", "month"}},
		{"by both", 14 * day, 25, []string{"week", "month"}},
	} {
		cutoff := time.Time{}
		if c.keep > 0 {
			cutoff = noon.Add(-c.keep)
		}
		if diff := cmp.Diff(c.want, names(trashbin.Excess(things, cutoff, c.size))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// A fakeBin is the trash of a side that is no side.
type fakeBin struct {
	things []trashbin.Trashed
	asked  int
	err    error
}

func (b *fakeBin) Trashed(_ context.Context, before time.Time) ([]trashbin.Trashed, error) {
	b.asked++
	var found []trashbin.Trashed
	for _, t := range b.things {
		if before.IsZero() || t.When.Before(before) {
			found = append(found, t)
		}
	}
	return found, b.err
}

func (b *fakeBin) Restore(context.Context, trashbin.Trashed) error { return errors.ErrUnsupported }

func (b *fakeBin) Discard(_ context.Context, things []trashbin.Trashed) (freed int64, err error) {
	gone := make(map[string]bool)
	for _, t := range things {
		gone[t.ID] = true
		freed += t.Entry.Size
	}
	var left []trashbin.Trashed
	for _, t := range b.things {
		if !gone[t.ID] {
			left = append(left, t)
		}
	}
	b.things = left
	return freed, nil
}

// The trash is looked after once an hour, and for its size when something came.
func TestRetention(t *testing.T) {
	now := noon
	trash := Trash{Keep: 30 * 24 * time.Hour, Kept: [2]bool{true, true}, File: filepath.Join(t.TempDir(), "trimmed"), Now: func() time.Time { return now }, Talk: &warnings{}}
	trash.Log = slog.New(slog.DiscardHandler)
	near, far := &fakeBin{}, &fakeBin{}
	trim := func(added [2]bool) {
		near.asked, far.asked = 0, 0
		trash.added = added
		trash.Trim(t.Context(), [2]trashbin.Bin{near, far})
	}
	asked := func(what string, want ...int) {
		t.Helper()
		if diff := cmp.Diff(want, []int{near.asked, far.asked}); diff != "" {
			t.Errorf("%s: the sides were asked (-want +got):\n%s", what, diff)
		}
	}
	near.things = []trashbin.Trashed{old("new", time.Hour, 10), old("old", 31*24*time.Hour, 10)}
	trim([2]bool{})
	asked("at first", 1, 1)
	if diff := cmp.Diff([]string{"new"}, names(near.things)); diff != "" {
		t.Error(diff)
	}
	now = noon.Add(59 * time.Minute)
	trim([2]bool{true, true})
	asked("within the hour", 0, 0)
	trash.Size = 5
	trim([2]bool{false, true})
	asked("when the server's trash grew", 0, 1)
	now = noon.Add(time.Hour)
	far.err = errors.New("the line broke")
	trim([2]bool{})
	asked("after an hour", 1, 1)
	if len(near.things) > 0 {
		t.Errorf("too much is kept: %v", names(near.things))
	}
	trim([2]bool{})
	asked("after a failure", 1, 1)
	far.err = nil
	trash.Pulls = true
	now = now.Add(trimEvery)
	trim([2]bool{})
	asked("in a pull, which changes nothing on the server", 1, 0)
	now = now.Add(trimEvery)
	trash.Pulls, trash.Kept[sync.Remote] = false, false
	trim([2]bool{})
	asked("in a push without a trash on the server", 1, 0)
	trash.Kept, now = [2]bool{}, now.Add(24*time.Hour)
	trim([2]bool{true, true})
	asked("with the trash off", 0, 0)
}
