package remote

import (
	"context"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
	"fmt"
	"testing"
	"time"
)

// TestGroupsEndInTime brings a group of uploads to its end when its time is over,
// and goes on with the others.
func TestGroupsEndInTime(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	h.d.applier.uploader.groupTime = time.Nanosecond
	var steps []sync.Step
	var want []string
	for i := range 5 {
		name := fmt.Sprint("f", i)
		steps = append(steps, h.put(manifest.Path(name), "text "+name, manifest.Entry{}))
		want = append(want, name, "text "+name)
	}
	told := 0
	opened := steps[4].Open
	steps[4].Open = func(ctx context.Context, offset int64) (sync.Source, error) {
		if told != 4 {
			t.Errorf("%d of 4 were told of before the last one began", told)
		}
		return opened(ctx, offset)
	}
	h.d.Apply(t.Context(), steps, func(i int, out sync.Outcome) {
		if told++; out.Err != nil {
			t.Error(out.Err)
		}
	})
	h.holds(want...)
}
