//go:build amd64 || arm64

// The times of 32-bit systems end in 2038.

package local_test

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// TestFarTimes checks that a file whose time nanoseconds cannot hold has no time, that a
// change of such a time is seen, and that the file is read and replaced like others.
func TestFarTimes(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("far", "old", fixedTime)
	h.Write("near", "x", fixedTime)
	seen := make(map[int]manifest.Entry)
	for _, year := range []int{2300, 2400, 2026, 1600} {
		sec := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
		h.must(unix.UtimesNanoAt(unix.AT_FDCWD, h.at("far"), []unix.Timespec{{Sec: sec}, {Sec: sec}}, 0))
		var st unix.Stat_t
		h.must(unix.Stat(h.at("far"), &st))
		if st.Mtim.Sec != sec {
			continue // the file system cannot hold it
		}
		tree := scan(t, d)
		e := tree.At("far")
		if !e.IsFile() || e.Size != 3 || (e.Precision == manifest.NoTime) != (year != 2026) || !tree.At("near").IsFile() || len(tree.Problems()) > 0 {
			t.Errorf("%d: %+v, problems %v", year, e, tree.Problems())
		}
		for other, before := range seen {
			if manifest.Unchanged(before, e) {
				t.Errorf("%d looks like %d", year, other)
			}
		}
		seen[year] = e
	}
	if len(seen) < 2 {
		t.Skip("this file system holds no times that are far away")
	}
	now := scan(t, d).At("far")
	if sum, err := d.Sum(t.Context(), "far", now); err != nil || sum == "" {
		t.Errorf("its content: %x, %v", sum, err)
	}
	step := put("new", fixedTime).step("far", now)
	step.Want.ModTime, step.Want.Precision = 16725225600, manifest.NoTime
	d.Apply(t.Context(), []sync.Step{step}, func(_ int, out sync.Outcome) { h.must(out.Err) })
	if now := scan(t, d).At("far"); now.Precision == manifest.NoTime {
		t.Errorf("the new version has the time %+v", now)
	}
}
