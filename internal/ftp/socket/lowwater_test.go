package socket

import (
	"io"
	"net"
	"testing"
	"time"
)

func TestLowWaterFollowsTheRate(t *testing.T) {
	for _, tt := range []struct {
		name string
		rate int // bytes a second
		want int
	}{
		{"a modem", 5_000, 0},
		{"1 Mbit/s", 125_000, 0},
		{"10 Mbit/s", 1_250_000, 6_250},
		{"40 Mbit/s", 5_000_000, 25_000},
		{"100 Mbit/s", 12_500_000, maxLowWater},
		{"as fast as we can read", 1_000_000_000, fastLowWater},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Unix(1_000_000, 0)
			w := lowWater{measuredAt: now}
			const piece = 8 << 10
			for w.received < 4<<20 {
				if w.received < lowWaterFrom && w.mark != 0 {
					t.Fatalf("a mark of %d after %d bytes", w.mark, w.received)
				}
				now = now.Add(time.Second * piece / time.Duration(tt.rate))
				w.count(piece, now)
			}
			if d := w.mark - tt.want; d < -100 || d > 100 {
				t.Errorf("got %d, want %d", w.mark, tt.want)
			}
		})
	}
}

// TestLowWaterOnALineThatSlowsDown checks that a connection on which less than the
// low-water mark arrives is not taken for a dead one.
func TestLowWaterOnALineThatSlowsDown(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	ours, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	theirs, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()

	c := NewConn(ours, NewDeadlines(100*time.Millisecond))
	c.lowWater.mark = maxLowWater
	setLowWater(ours, maxLowWater)
	// This arrives while the reader is waiting.
	time.AfterFunc(20*time.Millisecond, func() { theirs.Write([]byte("drops")) })
	p := make([]byte, 100)
	if n, err := c.ReadAtLowWater(p); err != nil || string(p[:n]) != "drops" {
		t.Fatalf("%q, %v", p[:n], err)
	}

	c.lowWater.mark = maxLowWater
	setLowWater(ours, maxLowWater)
	if _, err := theirs.Write([]byte("the last of it")); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	if rest, err := io.ReadAll(atLowWater{c}); err != nil || string(rest) != "the last of it" {
		t.Errorf("%q, %v", rest, err)
	}

	if n, err := c.ReadAtLowWater(p); n != 0 || err != io.EOF {
		t.Errorf("after the end: %d, %v", n, err)
	}
}

// An atLowWater reads from a connection at its low-water mark.
type atLowWater struct{ c *Conn }

func (r atLowWater) Read(p []byte) (int, error) { return r.c.ReadAtLowWater(p) }
