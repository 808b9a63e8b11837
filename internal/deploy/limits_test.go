package deploy

import (
	"testing"

	"ferry/sync"
)

func TestMostDeletions(t *testing.T) {
	for _, c := range []struct {
		limits   sync.Limits
		of, want int
	}{
		{sync.NewLimits(), 4, 10},
		{sync.NewLimits(), 100, 50},
		{sync.Limits{MaxDeletes: 5, MaxDeletePercent: -1}, 100, 5},
		{sync.Limits{MaxDeletes: -1, MaxDeletePercent: 20}, 100, 20},
		{sync.Limits{MaxDeletes: -1, MaxDeletePercent: -1}, 100, -1},
		{sync.Limits{MaxDeletes: 5, MaxDeletePercent: 5, AllowDeletes: true}, 100, -1},
	} {
		if got := MostDeletions(c.limits)(c.of); got != c.want {
			t.Errorf("%+v of %d: %d, want %d", c.limits, c.of, got, c.want)
		}
	}
}
