package ftp

import (
	"errors"
	"net"
	"os"
	"time"
)

// A line that is slower than we are would wake us for every packet: 46,000 times
// for 64 MiB, and twenty times the work of the processor. So the reader of a large
// download sleeps until a gulp has come.

const (
	lowWaterFrom  = 1 << 20              // bytes that come as they do
	lowWaterEvery = 256 << 10            // bytes between two looks at the rate
	maxLowWater   = 32 << 10             // bytes; a receive window of the least size holds twice that
	minLowWater   = 4 << 10              // bytes; below, every packet is as good
	lowWaterTime  = 5 * time.Millisecond // worth of data at the rate of the last look
	lowWaterRate  = 60 << 20             // bytes a second above which data waits for us
	lowWaterLate  = time.Millisecond     // for what is there when less than a gulp came in time
)

// A gulp finds out how much should have come before the reader is woken.
type lowWater struct {
	got, seen int64 // bytes so far, and at the last look
	at        time.Time
	low       int // bytes; 0: any
}

// took counts n bytes that came and reports whether low has changed.
func (g *lowWater) took(n int, now time.Time) bool {
	g.got += int64(n)
	if g.got < g.seen+lowWaterEvery {
		return false
	}
	since, bytes := now.Sub(g.at), g.got-g.seen
	g.at, g.seen = now, g.got
	if g.got < lowWaterFrom || since <= 0 {
		return false
	}
	was := g.low
	rate := float64(bytes) / since.Seconds()
	g.low = min(int(rate*lowWaterTime.Seconds()), maxLowWater)
	if g.low < minLowWater || rate > lowWaterRate {
		g.low = 0
	}
	return g.low != was
}

// readGulps is Read for a plain download that no limit slows down. Under TLS the
// last gulp could wait for more in vain, where the server waits for our end.
func (d *dataConn) readAtLowWater(p []byte) (int, error) {
	n, err := d.Conn.Read(p)
	if n == 0 && d.lowWater.low > 0 && errors.Is(err, os.ErrDeadlineExceeded) && d.c.deadlines.context().Err() == nil {
		// Less than that may have come: the line has become slow.
		d.lowWater = lowWater{got: d.lowWater.got, seen: d.lowWater.got, at: time.Now()}
		setLowWater(d.sock.Conn, 0)
		d.sock.limit.Store(int64(lowWaterLate))
		n, err = d.Conn.Read(p)
		d.sock.limit.Store(0)
	}
	if d.lowWater.took(n, time.Now()) {
		setLowWater(d.sock.Conn, d.lowWater.low)
	}
	return n, err
}

// gulps reports whether the reader may sleep until a gulp has come.
func (d *dataConn) usesLowWater() bool {
	_, tcp := d.sock.Conn.(*net.TCPConn)
	return tcp && d.tls == nil && !d.t.Upload && d.sock.down == nil
}
