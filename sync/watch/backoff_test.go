package watch

import (
	"fmt"
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	for _, test := range []struct {
		name    string
		backoff backoff
		want    string // delays from the first try on, with a jitter of 0.5
	}{
		{"unreachable", unreachableBackoff, "1s 2s 4s 8s 16s 32s 1m4s 2m8s 4m16s 5m0s 5m0s"},
		{"login", loginBackoff, "1m0s 3m0s 9m0s 27m0s 30m0s 30m0s"},
		{"file", fileBackoff, "5s 10s 20s 40s 1m20s 2m40s 5m20s 10m40s 21m20s 30m0s"},
	} {
		got := ""
		for try := 1; len(got) < len(test.want); try++ {
			got += fmt.Sprint(test.backoff.delay(try, 0.5), " ")
		}
		if got != test.want+" " {
			t.Errorf("%s: %s", test.name, got)
		}
	}
	for _, jitter := range []float64{0, 0.3, 1} {
		for try := range 200 {
			if d := unreachableBackoff.delay(try, jitter); d < 750*time.Millisecond || d > 5*time.Minute {
				t.Errorf("try %d: %v", try, d)
			}
		}
	}
	if a, b := unreachableBackoff.delay(3, 0), unreachableBackoff.delay(3, 1); a != 3*time.Second || b != 5*time.Second {
		t.Errorf("jitter from %v to %v, want 3s to 5s", a, b)
	}
}
