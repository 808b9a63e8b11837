package wan

import (
	"testing"
	"time"
)

func TestWire(t *testing.T) {
	begin := time.Unix(1000, 0)
	ms := func(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }
	type packet struct {
		at   time.Duration // after begin
		size int
		want time.Duration // arrival after begin, -1: dropped
	}
	for _, c := range []struct {
		name    string
		wire    wire
		packets []packet
	}{
		{"delay alone", wire{delay: ms(15)}, []packet{{0, 1500, ms(15)}, {0, 1500, ms(15)}, {ms(3), 40, ms(18)}}},
		{"rate alone: one after another", wire{rate: 1_500_000}, []packet{{0, 1500, ms(1)}, {0, 1500, ms(2)}, {ms(10), 1500, ms(11)}}},
		{"both", wire{delay: ms(15), rate: 1_500_000}, []packet{{0, 1500, ms(16)}, {ms(0.5), 1500, ms(17)}}},
		{"a full queue drops, and has room again later", wire{rate: 1_500_000}, []packet{
			{0, 150_000, ms(100)}, {0, 1500, ms(101)}, {0, 1500, -1}, {ms(50), 1500, ms(102)},
		}},
		{"without a rate nothing is dropped", wire{delay: ms(200)}, []packet{{0, 1 << 20, ms(200)}, {0, 1 << 20, ms(200)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, p := range c.packets {
				got, ok := c.wire.send(begin.Add(p.at), p.size)
				if !ok {
					got = begin.Add(-1)
				}
				if got.Sub(begin) != p.want {
					t.Errorf("packet %d arrives after %v, want %v", i, got.Sub(begin), p.want)
				}
			}
		})
	}
}
