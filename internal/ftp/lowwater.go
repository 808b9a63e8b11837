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
	lowWaterDrain  = time.Millisecond     // for what is there when less than a gulp came in time
)

// A gulp finds out how much should have come before the reader is woken.
type lowWater struct {
	received, measured int64 // bytes so far, and at the last look
	measuredAt        time.Time
	mark       int // bytes; 0: any
}

// took counts n bytes that came and reports whether low has changed.
func (w *lowWater) count(n int, now time.Time) bool {
	w.received += int64(n)
	if w.received < w.measured+lowWaterEvery {
		return false
	}
	since, bytes := now.Sub(w.measuredAt), w.received-w.measured
	w.measuredAt, w.measured = now, w.received
	if w.received < lowWaterFrom || since <= 0 {
		return false
	}
	before := w.mark
	rate := float64(bytes) / since.Seconds()
	w.mark = min(int(rate*lowWaterTime.Seconds()), maxLowWater)
	if w.mark < minLowWater || rate > lowWaterRate {
		w.mark = 0
	}
	return w.mark != before
}

// readGulps is Read for a plain download that no limit slows down. Under TLS the
// last gulp could wait for more in vain, where the server waits for our end.
func (d *dataConn) readAtLowWater(p []byte) (int, error) {
	n, err := d.Conn.Read(p)
	if n == 0 && d.lowWater.mark > 0 && errors.Is(err, os.ErrDeadlineExceeded) && d.c.deadlines.context().Err() == nil {
		// Less than that may have come: the line has become slow.
		d.lowWater = lowWater{received: d.lowWater.received, measured: d.lowWater.received, measuredAt: time.Now()}
		setLowWater(d.sock.Conn, 0)
		d.sock.limit.Store(int64(lowWaterDrain))
		n, err = d.Conn.Read(p)
		d.sock.limit.Store(0)
	}
	if d.lowWater.count(n, time.Now()) {
		setLowWater(d.sock.Conn, d.lowWater.mark)
	}
	return n, err
}

// gulps reports whether the reader may sleep until a gulp has come.
func (d *dataConn) usesLowWater() bool {
	_, tcp := d.sock.Conn.(*net.TCPConn)
	return tcp && d.tls == nil && !d.t.upload && d.sock.down == nil
}
