package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/sync"
	"ferry/sync/trashbin"

	"github.com/google/go-cmp/cmp"
)

// A clockedBin is the trash of a side that tells the time.
type clockedBin struct {
	fakeBin
	off   time.Duration // from noon
	fails error
	told  int
}

func (b *clockedBin) Time(context.Context) (time.Time, error) {
	b.told++
	return noon.Add(b.off), b.fails
}

// TestRetentionByTwoClocks trims only what is old by both clocks, and nothing on either
// side where one of them must be wrong.
func TestRetentionByTwoClocks(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		name      string
		off       time.Duration // of the server
		fails     error
		direction sync.Direction
		trims     bool
		says      string
	}{
		{"equal", 0, nil, sync.Both, true, ""},
		{"a little apart", -time.Hour, nil, sync.Both, true, ""},
		{"this machine a month ahead", -31 * day, nil, sync.Both, false, "31 days ahead of that of the server"},
		{"this machine a month behind", 31 * day, nil, sync.Both, false, "31 days behind that of the server"},
		{"hours apart", -3 * time.Hour, nil, sync.Both, false, "3 hours ahead"},
		{"no clock", 0, fmt.Errorf("none: %w", sync.ErrUnsupported), sync.Both, true, ""},
		{"the line broke", 0, errors.New("the line broke"), sync.Both, false, "the line broke"},
		{"a pull asks for nothing", -31 * day, nil, sync.Pull, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			talk := &warnings{}
			trash := atNoon(t, talk)
			trash.Pulls = c.direction == sync.Pull
			things := func() []trashbin.Trashed {
				return []trashbin.Trashed{old("new", time.Hour, 10), old("on the border", 30*day+time.Minute, 10), old("old", 60*day, 10)}
			}
			near, far := &fakeBin{things: things()}, &clockedBin{fakeBin: fakeBin{things: things()}, off: c.off, fails: c.fails}
			trash.Trim(t.Context(), [2]trashbin.Bin{near, far})
			want := []string{"new", "on the border", "old"}
			if c.trims {
				if want = want[:1]; c.off < 0 {
					want = []string{"new", "on the border"}
				}
				if c.direction == sync.Pull {
					want = want[:1]
				}
			}
			if diff := cmp.Diff(want, names(near.things)); diff != "" {
				t.Errorf("here (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, names(far.things)); diff != "" && c.direction != sync.Pull {
				t.Errorf("on the server (-want +got):\n%s", diff)
			}
			if c.says == "" && len(*talk) > 0 || !strings.Contains(strings.Join(*talk, "\n"), c.says) {
				t.Errorf("warnings %q, want %q", *talk, c.says)
			}
			if far.told > 1 || c.direction == sync.Pull && far.told > 0 {
				t.Errorf("the server was asked for its time %d times", far.told)
			}
		})
	}
}

// TestNothingOldAsksNoClock asks the server only where something is about to go.
func TestNothingOldAsksNoClock(t *testing.T) {
	near, far := &fakeBin{things: []trashbin.Trashed{old("new", time.Hour, 10)}}, &clockedBin{}
	atNoon(t, &warnings{}).Trim(t.Context(), [2]trashbin.Bin{near, far})
	if far.told != 0 {
		t.Error("the server was asked for its time")
	}
}

// warnings collects what is warned of.
type warnings []string

func (w *warnings) Note(string, ...any)             {}
func (w *warnings) Warn(format string, args ...any) { *w = append(*w, fmt.Sprintf(format, args...)) }

// atNoon keeps what is not older than 30 days.
func atNoon(t *testing.T, talk Talker) *Trash {
	return &Trash{
		Keep: 30 * 24 * time.Hour, Kept: [2]bool{true, true}, File: filepath.Join(t.TempDir(), "trimmed"), Now: func() time.Time { return noon },
		Log: slog.New(slog.DiscardHandler), Talk: talk, News: func(string) bool { return true },
	}
}
