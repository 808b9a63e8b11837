package report

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mattn/go-runewidth"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/watch"
)

// somePairs returns views of n pairs, of which some need attention.
func somePairs(n int) []*WatchView {
	at := func(hour, minute, second int) time.Time {
		return time.Date(2026, 8, 21, hour, minute, second, 0, time.Local)
	}
	var views []*WatchView
	for i := range n {
		name := fmt.Sprintf("customer-%02d", i+1)
		s := watch.Status{State: watch.Idle, LastPass: at(14, 2, i%60), NextPoll: at(14, 3, i%60)}
		switch i {
		case 3:
			s = watch.Status{State: watch.Waiting, Reason: "opening ftp://ann@ftp.example.com/customers/04: connecting to ftp.example.com:21: the connection was refused", NextTry: at(14, 2, 30)}
		case 5:
			s = watch.Status{State: watch.Syncing, Queue: 3}
		case 7:
			s.Failed, s.ConflictsWaiting = 2, 1
			name = "größere Bilder 写真"
		case 10:
			name = "a-shop-with-a-name-that-is-much-longer-than-all-others"
		case 41:
			s = watch.Status{State: watch.Halted, Reason: "the pass would delete 812 of 900 files", NextTry: at(14, 7, 0)}
		case 50:
			s = watch.Status{State: watch.HandedOver}
		case 59:
			s = watch.Status{State: watch.Starting}
		}
		v := NewWatchView(Head{Name: name, Profile: name}, Options{Now: time.Now, Talk: Talker{W: io.Discard}}, nil)
		v.status = s
		views = append(views, v)
	}
	return views
}

// TestWatchFrames holds the screen of a watch as it stands on a terminal, below a line of
// talk.
func TestWatchFrames(t *testing.T) {
	for _, pairs := range []int{1, 12, 60} {
		var all strings.Builder
		for _, columns := range []int{40, 80, 120, 200} {
			tt := newTestTerminal(t, columns, 24)
			screen := NewScreen(tt.File)
			views := somePairs(pairs)
			l := NewLive(screen, tt.File, 0, func(columns, rows int) []string { return WatchLines(views, columns, rows) })
			fmt.Fprintln(screen, "14:02:03 ferry: a line of talk")
			fmt.Fprintf(&all, "== pairs: %d, columns: %d\n%s", pairs, columns, tt.frame())
			l.Close()
			if got := tt.frame(); got != "14:02:03 ferry: a line of talk\n" {
				t.Errorf("%d pairs, %d columns: in the end there is\n%s", pairs, columns, got)
			}
		}
		checkFrames(t, fmt.Sprintf("watch-%d", pairs), all.String())
	}
}

// TestWatchFrameResized holds the screen after the terminal became narrower, lower, wider
// and higher again.
func TestWatchFrameResized(t *testing.T) {
	tt := newTestTerminal(t, 100, 24)
	screen := NewScreen(tt.File)
	views := somePairs(60)
	l := NewLive(screen, tt.File, 0, func(columns, rows int) []string { return WatchLines(views, columns, rows) })
	defer l.Close()
	var all strings.Builder
	for i, size := range []struct{ columns, rows int }{{100, 24}, {40, 40}, {40, 12}, {120, 30}, {60, 4}, {80, 3}, {80, 24}} {
		if i > 0 {
			tt.resize(size.columns, size.rows)
		}
		fmt.Fprintf(screen, "14:02:0%d line %d\n", i, i)
		fmt.Fprintf(&all, "== %d x %d\n%s", size.columns, size.rows, tt.frame())
	}
	checkFrames(t, "watch-resized", all.String())
}

// TestWatchLinesFit holds that the lines fit on every terminal, that every pair is shown or
// counted, and that those that need attention are shown first.
func TestWatchLinesFit(t *testing.T) {
	for _, pairs := range []int{0, 1, 2, 12, 60, 200} {
		views := somePairs(pairs)
		for rows := 1; rows < 80; rows += 3 {
			got := WatchLines(views, 80, rows)
			if len(got) > watchRoom(rows) || len(got) > max(rows-1, 1) {
				t.Fatalf("%d pairs in %d rows: %d lines", pairs, rows, len(got))
			}
			if len(got) == pairs {
				continue
			}
			if want := fmt.Sprintf("%d pair", pairs); !strings.HasPrefix(got[0], want) {
				t.Errorf("%d pairs in %d rows begin with %q", pairs, rows, got[0])
			}
			if pairs >= 60 && len(got) > 1 && !strings.Contains(got[1], "halted") {
				t.Errorf("%d pairs in %d rows: first is %q", pairs, rows, got[1])
			}
		}
	}
}

// TestLiveStaysInside holds for every width that no line reaches the last column, where
// some terminals wrap.
func TestLiveStaysInside(t *testing.T) {
	views := somePairs(60)
	for columns := 2; columns <= 200; columns++ {
		var out lockedBuilder
		l := NewLive(NewScreen(&out), &out, columns, func(columns, rows int) []string { return WatchLines(views, columns, rows) })
		_ = l.draw(nil)
		for _, line := range lines(out.String()) {
			if n := runewidth.StringWidth(line); n >= columns {
				t.Fatalf("%q takes %d of %d columns", line, n, columns)
			}
		}
	}
}

// TestProgressFrames holds the bars of a pass: 2,000 small files and 2 large ones.
func TestProgressFrames(t *testing.T) {
	var all strings.Builder
	for _, columns := range []int{40, 60, 80, 200} {
		tt := newTestTerminal(t, columns, 24)
		synctest.Test(t, func(t *testing.T) {
			screen := NewScreen(tt.File)
			b := newBars(Options{Screen: screen, Terminal: tt.File, Width: columns, Now: time.Now}, func() string { return "looking at both sides" })
			frame := func(what string) {
				time.Sleep(2 * time.Second)
				synctest.Wait()
				fmt.Fprintf(&all, "== %s, %d columns\n%s", what, columns, tt.frame())
			}
			frame("looking")
			plan := &sync.Plan{}
			for i := range 2000 {
				plan.Actions.Add(-1, sync.Action{Op: sync.Upload, Side: sync.Remote, Path: manifest.Path(fmt.Sprintf("small/%d", i)), Size: 1000})
			}
			for _, name := range []manifest.Path{"large/film.mkv", "large/a-backup-with-a-name-that-is-long.tar.zst"} {
				plan.Actions.Add(-1, sync.Action{Op: sync.Upload, Side: sync.Remote, Path: name, Size: 4 << 30})
			}
			b.event(sync.Planned{Plan: plan})
			for i := range 2 {
				a := plan.Actions.At(2000 + i)
				b.event(sync.Started{Action: a})
				b.event(sync.Progress{Action: a, N: int64(i+1) << 30})
			}
			for i := range 1500 {
				a := plan.Actions.At(i)
				b.event(sync.Started{Action: a})
				b.event(sync.Progress{Action: a, N: a.Size})
				b.event(sync.Finished{Action: a})
			}
			fmt.Fprintln(screen, "ferry: a line of talk")
			frame("under way")
			frame("later")
			b.close()
			fmt.Fprintln(screen, "the last line")
			fmt.Fprintf(&all, "== in the end, %d columns\n%s", columns, tt.frame())
		})
	}
	checkFrames(t, "progress", all.String())
}
