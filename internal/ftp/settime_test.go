package ftp

import (
	"strings"
	"testing"
	"time"
)

// TestQueueSetTime holds which commands set a time, and what their replies teach.
func TestQueueSetTime(t *testing.T) {
	const all = "MDTM 20200304050607 /f|SITE UTIME /f 20200304050607 20200304050607 20200304050607 UTC|SITE UTIME 20200304050607 /f"
	for _, tt := range []struct {
		server  string
		mfmt    bool
		known   map[Quirk]bool
		want    string
		replies []int
		learnt  map[Quirk]bool
	}{
		{"MFMT is promised", true, nil, "MFMT 20200304050607 /f", []int{213}, nil},
		{"MFMT is promised and unknown", true, nil, "MFMT 20200304050607 /f", []int{500}, map[Quirk]bool{MFMTWorks: false}},
		{"MFMT is known not to work", true, map[Quirk]bool{MFMTWorks: false}, all, []int{550, 500, 500},
			map[Quirk]bool{MDTMSetsTime: false, SiteUtimeWorks: false, ShortUtimeWorks: false}},
		{"nothing is known", false, nil, all, []int{253, 200, 504},
			map[Quirk]bool{MDTMSetsTime: true, SiteUtimeWorks: true, ShortUtimeWorks: false}},
		{"SITE UTIME with three times works", false, map[Quirk]bool{MDTMSetsTime: false, SiteUtimeWorks: true}, strings.Split(all, "|")[1], []int{200}, nil},
		{"SITE UTIME with one time works", false, map[Quirk]bool{ShortUtimeWorks: true}, strings.Split(all, "|")[2], []int{200}, nil},
		{"nothing works", false, map[Quirk]bool{MDTMSetsTime: false, SiteUtimeWorks: false, ShortUtimeWorks: false}, "", nil, nil},
	} {
		t.Run(tt.server, func(t *testing.T) {
			f := parseFeatures("", Reply{})
			f.mfmt = tt.mfmt
			for q, works := range tt.known {
				f.Observe(q, works)
			}
			var b Batch
			QueueSetTime(&b, f, "/f", time.Date(2020, 3, 4, 5, 6, 7, 0, time.UTC), new(bool))
			if got := strings.Join(b.lines, "|"); got != tt.want {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			for i, code := range tt.replies {
				if b.deliver[i] != nil {
					b.deliver[i](Reply{Code: code})
				}
			}
			for q, want := range tt.learnt {
				if works, known := f.Known(q); works != want || !known {
					t.Errorf("%s: %v, known %v; want %v", q, works, known, want)
				}
			}
		})
	}
}
