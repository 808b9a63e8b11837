package ftp

import (
	"strings"
	"testing"
	"time"
)

func TestBandwidth(t *testing.T) {
	f := newFake(t)
	p := f.pool(func(o *Options) { o.BytesUp = 400 << 10 })
	begin := time.Now()
	if err := put(p, "/x", strings.Repeat("x", 150<<10)); err != nil {
		t.Fatal(err)
	}
	// 150 KiB, 50 of them at once, at 400 KiB/s.
	if took := time.Since(begin); took < 200*time.Millisecond {
		t.Errorf("took %v", took)
	}
	if got := p.traffic.Up.Load(); got != 150<<10 {
		t.Errorf("%d bytes counted", got)
	}
}
