package cli

import (
	"ferry/internal/daemon"
	"ferry/sync"
	"ferry/sync/watch"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWatchedText(t *testing.T) {
	now := time.Date(2026, 8, 21, 14, 2, 0, 0, time.Local)
	got := watchedText(daemon.Report{
		PID: 4242, Profile: "site", Started: now.Add(-26 * time.Hour), Notices: []string{"no more watches"},
		Status: watch.Status{
			State: watch.Waiting, Reason: "connection refused", Hint: "is it running?", Queue: 3,
			LastPass: now.Add(-time.Minute), LastFull: now.Add(-25 * time.Hour), NextTry: now.Add(30 * time.Second),
			Last: &sync.Summary{Uploaded: 1, BytesUp: 12, Seconds: 0.1}, Conflicts: 2, ConflictsWaiting: 1, Failed: 1,
		},
		Progress: &daemon.Progress{Files: 1, FilesTotal: 3, Bytes: 2_000_000, BytesTotal: 5_000_000},
	}, "ferry conflicts site", now)
	want := `site: waiting: connection refused
  way out     is it running?
  progress    1 of 3 steps, 2.0 MB of 5.0 MB
  queue       3 paths waiting to be looked at
  last pass   14:01:00
  last change up 1 file 12 B, 0.1 s
  whole pass  2026-08-20 13:02:00
  next try    14:02:30
  conflicts   1 conflict waits (see ferry conflicts site); 2 since the start
  failed      1 file
  notice      no more watches
  watched     by process 4242, for 26h
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
