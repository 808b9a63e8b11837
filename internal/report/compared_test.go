package report

import (
	"strings"
	"testing"
	"time"

	"ferry/sync"
	"ferry/sync/compare"
)

func comparingAt(files int, bytes int64) sync.Comparing {
	return sync.Comparing{Progress: compare.Progress{Files: files, FilesTotal: 3, Bytes: bytes, BytesTotal: 3000, ByHash: files, Read: 10}}
}

// TestComparingIsTold holds that people and programs hear how far a comparison has come.
func TestComparingIsTold(t *testing.T) {
	now := time.Unix(0, 0)
	clock := func() time.Time { now = now.Add(time.Second); return now }

	var out strings.Builder
	j := NewPass(aHead, Options{Out: &out, Talk: Talker{W: &out}, Now: clock, JSON: true})
	for i := range 4 {
		j.Event(comparingAt(i, int64(i)*1000))
	}
	want := `{"type":"comparing","profile":"site","files":1,"files_total":3,"bytes":1000,"bytes_total":3000}
{"type":"comparing","profile":"site","files":2,"files_total":3,"bytes":2000,"bytes_total":3000}
`
	if out.String() != want {
		t.Errorf("%s", out.String())
	}

	var p phase
	p.set("listing", clock)
	p.comparing(comparingAt(2, 2000))
	if got := p.text(); got != "comparing 2 of 3 files, 2.0 kB of 3.0 kB" {
		t.Errorf("%q", got)
	}

	out.Reset()
	v := NewPass(aHead, Options{Out: &out, Talk: Talker{W: &out}, Now: clock, Verbose: true})
	v.Event(comparingAt(0, 0))
	v.Event(comparingAt(3, 3000))
	v.Event(comparingAt(3, 3000)) // the second side of a file that is counted
	v.Event(sync.Planned{Plan: &sync.Plan{}})
	if got := out.String(); !strings.Contains(got, "compared 3 files, 3.0 kB: 3 by hash, 10 B downloaded for it\n") {
		t.Errorf("%q", got)
	}

	out.Reset()
	for _, files := range []int{0, 3, 0, 2} { // for two plans, one after the other
		v.Event(comparingAt(files, int64(files)*1000))
	}
	v.Event(sync.Planned{Plan: &sync.Plan{}})
	if got := out.String(); !strings.Contains(got, "compared 5 files, 5.0 kB: 5 by hash, 20 B downloaded for it\n") {
		t.Errorf("%q", got)
	}
}
