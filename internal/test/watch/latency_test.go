//go:build linux

package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// BenchmarkLatency measures how long a saved file takes to be seen on the other side, at default settings, in trees of
// 1,000 and of 100,000 files: the median of 30 saves here, and its parts (until a pass begins, until its plan is made,
// until the file is there), then of 4 saves there, which wait for a poll. Beside it the time of the first pass, which takes
// equal files as equal, and until a watch of the unchanged tree is in step.
//
//	go test ./internal/test/watch -run xxx -bench Latency -benchtime 1x
func BenchmarkLatency(b *testing.B) {
	for _, server := range []string{"proftpd", "vsftpd"} {
		for _, files := range []int{1_000, 100_000} {
			b.Run(fmt.Sprintf("%s/files=%d", server, files), func(b *testing.B) {
				for range b.N {
					measureLatency(b, server, files)
				}
			})
		}
	}
}

func measureLatency(b *testing.B, server string, files int) {
	p := newPair(b, server)
	b.ReportMetric(p.populate(files).Seconds(), "s-adopt")
	up, start := p.latencyUp(30, files)
	b.ReportMetric(start.Seconds(), "s-start")
	for part, samples := range up {
		b.ReportMetric(float64(median(samples).Microseconds())/1000, "ms-"+part)
	}
	b.ReportMetric(float64(slices.Max(up["up"]).Microseconds())/1000, "ms-up-max")
	down := p.latencyDown(4, files)
	b.ReportMetric(float64(median(down).Microseconds())/1000, "ms-down")
	b.ReportMetric(float64(slices.Max(down).Microseconds())/1000, "ms-down-max")
	b.ReportMetric(0, "ns/op")
}

// populate gives both sides the same files, 100 in a directory, and brings them in step, which takes the time it returns.
func (p *pair) populate(files int) time.Duration {
	p.Helper()
	tree := small(".", files, "equal")
	p.write(tree)
	there := *p
	there.here = p.there
	there.write(tree)
	must(p, p.server.Own())
	begun := time.Now()
	if code, _ := p.ferry("sync", "--adopt"); code != 0 {
		p.Fatal("the first pass failed")
	}
	return time.Since(begun)
}

func path(i, files int) string {
	i = (i*7919 + 13) % files
	return fmt.Sprintf("d%03d/f%05d", i/100, i)
}

// latencyUp saves n files here, one after the other, and returns how long each took to be there, and in which parts, and
// how long the program took before to be in step.
func (p *pair) latencyUp(n, files int) (parts map[string][]time.Duration, start time.Duration) {
	p.Helper()
	begun := time.Now()
	r := p.watch()
	defer r.stop()
	start = r.state("idle").At.Sub(begun)
	parts = make(map[string][]time.Duration)
	for i := range n {
		name, content := path(i, files), fmt.Sprintf("saved %d", i)
		must(p, os.WriteFile(filepath.Join(p.here, name), []byte(content), 0o644))
		saved := time.Now()
		p.become(name+" is there", func() bool { return holds(filepath.Join(p.there, name), content) })
		there := time.Now()
		began := r.state("syncing").Since
		planned := r.await("plan", func(l line) bool { return l.Type == "plan" }).At
		r.upload(name)
		r.state("idle")
		parts["up"] = append(parts["up"], there.Sub(saved))
		parts["settle"] = append(parts["settle"], began.Sub(saved))
		parts["plan"] = append(parts["plan"], planned.Sub(began))
		parts["transfer"] = append(parts["transfer"], there.Sub(planned))
	}
	return parts, start
}

// latencyDown saves n files there, and returns how long each took to be here.
func (p *pair) latencyDown(n, files int) (took []time.Duration) {
	p.Helper()
	r := p.watch()
	defer r.stop()
	r.state("idle")
	for i := range n {
		name, content := path(i, files), fmt.Sprintf("saved there %d", i)
		must(p, os.WriteFile(filepath.Join(p.there, name), []byte(content), 0o644))
		saved := time.Now()
		p.become(name+" is here", func() bool { return holds(filepath.Join(p.here, name), content) })
		took = append(took, time.Since(saved))
	}
	return took
}

func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2]
}
