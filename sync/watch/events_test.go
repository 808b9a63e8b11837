package watch

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/sync"
)

// What a pass failed to do is retried where the change was made.
func TestEventLog(t *testing.T) {
	for _, test := range []struct {
		name   string
		action sync.Action
		want   map[location]bool
	}{
		{"upload", sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "d/f"}, map[location]bool{{sync.Local, "d/f"}: true}},
		{"download", sync.Action{Op: sync.Download, Side: sync.Local, Path: "d/f"}, map[location]bool{{sync.Remote, "d"}: true}},
		{"deletion carried here", sync.Action{Op: sync.Delete, Side: sync.Local, Path: "f"}, map[location]bool{{sync.Remote, ""}: true}},
		{"rename", sync.Action{Op: sync.Rename, Side: sync.Remote, Path: "e/g", From: "d/f"}, map[location]bool{
			{sync.Local, "d/f"}: true, {sync.Local, "e/g"}: true, {sync.Remote, "d"}: true, {sync.Remote, "e"}: true}},
	} {
		var tr eventLog
		if !tr.observe(sync.Started{Action: &test.action}) || tr.observe(sync.Started{Action: &test.action}) {
			t.Errorf("%s: observe does not report the first action only", test.name)
		}
		tr.observe(sync.Finished{Action: &test.action, Err: errGone})
		got := tr.take()
		if diff := cmp.Diff(test.want, got.failed, cmp.AllowUnexported(location{})); diff != "" || got.failures != 1 {
			t.Errorf("%s: %d failures\n%s", test.name, got.failures, diff)
		}
		tr.observe(sync.Finished{Action: &test.action})
		if got := tr.take(); !got.active[test.action.Path.Parent()] || got.failures != 0 {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
	var tr eventLog
	for i := range 3 * maxEvents {
		a := &sync.Action{Op: sync.Upload, Side: sync.Remote, Path: manifest.Path(fmt.Sprintf("%d/f", i))}
		tr.observe(sync.Finished{Action: a, Err: errGone})
		tr.observe(sync.Finished{Action: a})
	}
	if got := tr.take(); len(got.failed) > maxEvents || len(got.active) > maxEvents || got.failures != 3*maxEvents {
		t.Errorf("%d failed, %d active, %d failures", len(got.failed), len(got.active), got.failures)
	}
}
