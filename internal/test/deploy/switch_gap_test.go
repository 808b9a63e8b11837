package deploy

import (
	"os"
	"testing"
	"time"

	"ferry/internal/test/realftp"
)

// BenchmarkSwitchGap measures for how long a site is missing that is switched as a whole, with a
// tight poll: the longest time in microseconds, and how often anybody could see it.
func BenchmarkSwitchGap(b *testing.B) {
	for _, name := range realftp.Names() {
		b.Run(name, func(b *testing.B) {
			s := switchedSite(b, name)
			s.put(wholeReleases[0])
			s.put(wholeReleases[1])
			stop, done := make(chan struct{}), make(chan struct{})
			var longest time.Duration
			seen := 0
			go func() {
				defer close(done)
				last, there := time.Now(), true // last: when the site was seen
				for {
					select {
					case <-stop:
						return
					default:
					}
					_, err := os.Lstat(s.disk)
					now := time.Now()
					switch {
					case err != nil:
						there = false
					case !there:
						longest, there = max(longest, now.Sub(last)), true
						seen++
						last = now
					default:
						last = now
					}
				}
			}()
			for range b.N {
				if r := s.run("rollback"); r.code != 0 {
					b.Fatalf("exit code %d\n%s", r.code, r.out)
				}
				s.put(wholeReleases[1])
			}
			close(stop)
			<-done
			b.ReportMetric(float64(longest.Microseconds()), "longest-us")
			b.ReportMetric(float64(seen)/float64(2*b.N), "seen/switch")
		})
	}
}
