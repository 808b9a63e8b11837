package third

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestAWatchEndsWhatStandsStill looks every two seconds at a transfer of 64 MiB, which is given 1024 seconds and the
// patience of 30.
func TestAWatchEndsWhatStandsStill(t *testing.T) {
	const size, unknown = 64 << 20, -1
	for _, c := range []struct {
		name  string
		shown func(after time.Duration) int64
		ends  time.Duration // 0: not within 1000 s
	}{
		{"it grows", func(d time.Duration) int64 { return int64(d / time.Second) }, 0},
		{"it stands still", func(d time.Duration) int64 { return 1000 }, 34 * time.Second},
		{"nobody has time to look after the first time", func(d time.Duration) int64 {
			if d < 3*time.Second {
				return 1000
			}
			return unknown
		}, 0},
		{"it is shown only when it is complete", func(time.Duration) int64 { return 0 }, 0},
		{"nothing is ever shown", func(time.Duration) int64 { return unknown }, 0},
		{"somebody looks again after a long time", func(d time.Duration) int64 {
			if d > 4*time.Second && d < 100*time.Second {
				return unknown
			}
			return int64(d / time.Second)
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				w := &watch{size: size, patience: 30 * time.Second, last: began}
				w.blind = w.givenTime(size)
				w.t.Size = func(context.Context) (int64, error) {
					if n := c.shown(time.Since(began)); n != unknown {
						return n, nil
					}
					return 0, errors.New("no session is free")
				}
				for time.Since(began) < 1000*time.Second {
					time.Sleep(look)
					if err := w.look(t.Context()); err != nil {
						if got := time.Since(began); got != c.ends {
							t.Errorf("it ended after %v, want %v: %v", got, c.ends, err)
						}
						return
					}
				}
				if c.ends != 0 {
					t.Error("it did not end")
				}
				time.Sleep(100 * time.Second)
				if err := w.look(t.Context()); err == nil && c.name == "nothing is ever shown" {
					t.Error("without an end")
				}
			})
		})
	}
}
