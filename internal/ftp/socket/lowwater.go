package socket

import (
	"errors"
	"net"
	"os"
	"time"
)

// A connection that is slower than this machine would wake the reader of a download
// for every packet. So the reader sets SO_RCVLOWAT and sleeps until a larger number
// of bytes, the low-water mark, has arrived. This file only saves CPU time.

// Limits of the low-water mark.
const (
	lowWaterFrom  = 1 << 20              // bytes of a download that are read without a mark
	lowWaterEvery = 256 << 10            // bytes between two measurements of the rate
	maxLowWater   = 32 << 10             // bytes, on a slow line; the smallest receive window holds twice as many
	minLowWater   = 4 << 10              // bytes; a smaller mark saves nothing
	lowWaterTime  = 5 * time.Millisecond // the mark is what arrives in this time
	lowWaterRate  = 60 << 20             // bytes a second; above, the mark is fastLowWater
	fastLowWater  = 256 << 10            // bytes; the system makes the receive buffer twice as large
	lowWaterDrain = time.Millisecond     // for reading what arrived when the mark was not reached in time
)

// A lowWater chooses the low-water mark of a download from its rate.
type lowWater struct {
	received, measured int64 // bytes so far, and at the last measurement
	measuredAt         time.Time
	mark               int // bytes; 0: wake at any
}

// count adds n bytes that arrived and reports whether the mark has changed.
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
	switch {
	case w.mark < minLowWater:
		w.mark = 0
	case rate > lowWaterRate:
		w.mark = fastLowWater
	}
	return w.mark != before
}

// ReadAtLowWater is Read for a download without TLS, with the low-water mark where there
// is no throttle. Where the mark is not reached before the deadline, the connection has
// become slow: the mark is dropped, and what has arrived is read. Under TLS the last bytes
// could stay below the mark while the server waits for our close_notify.
func (c *Conn) ReadAtLowWater(p []byte) (int, error) {
	if _, tcp := c.Conn.(*net.TCPConn); !tcp || c.Down != nil {
		return c.Read(p)
	}
	n, err := c.Read(p)
	if n == 0 && c.lowWater.mark > 0 && errors.Is(err, os.ErrDeadlineExceeded) && c.deadlines.Context().Err() == nil {
		c.lowWater = lowWater{received: c.lowWater.received, measured: c.lowWater.received, measuredAt: time.Now()}
		setLowWater(c.Conn, 0)
		c.LimitWaits(lowWaterDrain)
		n, err = c.Read(p)
		c.LimitWaits(0)
	}
	if c.lowWater.count(n, time.Now()) {
		setLowWater(c.Conn, c.lowWater.mark)
	}
	return n, err
}
