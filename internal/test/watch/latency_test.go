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

// BenchmarkLatency measures the time until a saved file is on the other side, with default settings, in trees of 1,000 and
// of 100,000 files. It reports the median of 30 local saves and its parts (until a pass begins, until its plan is made,
// until the file is uploaded), and the median of 4 saves on the server, which wait for a poll. It also reports the time of
// the first pass, which adopts equal files, and the time until a watch of an unchanged tree is in step.
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

// populate writes the same files to both sides, 100 in each directory, and returns how long the first pass takes.
func (p *pair) populate(files int) time.Duration {
	p.Helper()
	tree := smallFiles(".", files, "equal")
	p.write(tree)
	server := *p
	server.local = p.remote
	server.write(tree)
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

// latencyUp saves n local files, one after the other. It returns how long each upload took, in parts, and how long the
// program took to be in step at the start.
func (p *pair) latencyUp(n, files int) (parts map[string][]time.Duration, start time.Duration) {
	p.Helper()
	begun := time.Now()
	r := p.watch()
	defer r.stop()
	start = r.state("idle").At.Sub(begun)
	parts = make(map[string][]time.Duration)
	for i := range n {
		name, content := path(i, files), fmt.Sprintf("saved %d", i)
		must(p, os.WriteFile(filepath.Join(p.local, name), []byte(content), 0o644))
		saved := time.Now()
		p.waitUntil(name+" is uploaded", func() bool { return holds(filepath.Join(p.remote, name), content) })
		uploaded := time.Now()
		began := r.state("syncing").Since
		planned := r.await("plan", func(l line) bool { return l.Type == "plan" }).At
		r.upload(name)
		r.state("idle")
		parts["up"] = append(parts["up"], uploaded.Sub(saved))
		parts["settle"] = append(parts["settle"], began.Sub(saved))
		parts["plan"] = append(parts["plan"], planned.Sub(began))
		parts["transfer"] = append(parts["transfer"], uploaded.Sub(planned))
	}
	return parts, start
}

// latencyDown saves n files on the server, and returns how long each download took.
func (p *pair) latencyDown(n, files int) (took []time.Duration) {
	p.Helper()
	r := p.watch()
	defer r.stop()
	r.state("idle")
	for i := range n {
		name, content := path(i, files), fmt.Sprintf("saved remotely %d", i)
		must(p, os.WriteFile(filepath.Join(p.remote, name), []byte(content), 0o644))
		saved := time.Now()
		p.waitUntil(name+" is downloaded", func() bool { return holds(filepath.Join(p.local, name), content) })
		took = append(took, time.Since(saved))
	}
	return took
}

func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2]
}
