package wan

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Link is an emulated link. Its methods may be called from several goroutines at once.
type Link struct {
	client, server *namespace
	up, down       *relay
	ended          sync.WaitGroup
}

// Open makes a link. It needs root, or the capabilities to make network namespaces and TUN devices.
func Open(o Options) (*Link, error) {
	client, err := newNamespace(ClientAddress, o.Congestion)
	if err != nil {
		return nil, fmt.Errorf("making the client's network namespace: %w", err)
	}
	server, err := newNamespace(ServerAddress, o.Congestion)
	if err != nil {
		client.close()
		return nil, fmt.Errorf("making the server's network namespace: %w", err)
	}
	l := &Link{client: client, server: server}
	l.up = newRelay(client.tun, server.tun, o)
	l.down = newRelay(server.tun, client.tun, o)
	l.SetLoss(o.Loss, o.Seed)
	for _, r := range []*relay{l.up, l.down} {
		l.ended.Go(r.read)
		l.ended.Go(r.write)
	}
	return l, nil
}

// InClient calls f on a thread in the namespace of the client and waits for it. Processes that f starts are in that
// namespace as well. The thread lives as long as the link.
func (l *Link) InClient(f func() error) error { return l.client.call(f) }

// InServer is InClient for the namespace of the server.
func (l *Link) InServer(f func() error) error { return l.server.call(f) }

// SetRoundTrip changes the round-trip time for further packets.
func (l *Link) SetRoundTrip(d time.Duration) {
	l.up.delay.Store(int64(d / 2))
	l.down.delay.Store(int64(d / 2))
}

// SetRate changes the rate in bytes per second each way; 0 means no limit.
func (l *Link) SetRate(bytes int64) {
	l.up.rate.Store(bytes)
	l.down.rate.Store(bytes)
}

// SetLoss changes the share of the packets that is lost at random each way. The losses of both directions begin anew from
// the seed.
func (l *Link) SetLoss(share float64, seed uint64) {
	l.up.losses.Store(newLosses(share, seed, 1))
	l.down.losses.Store(newLosses(share, seed, 2))
}

// Traffic returns the traffic so far.
func (l *Link) Traffic() Traffic {
	return Traffic{
		PacketsUp: l.up.packets.Load(), PacketsDown: l.down.packets.Load(),
		BytesUp: l.up.bytes.Load(), BytesDown: l.down.bytes.Load(),
		Lost: l.up.lost.Load() + l.down.lost.Load(), LostAtRandom: l.up.lostAtRandom.Load() + l.down.lostAtRandom.Load(),
	}
}

// Close closes the link. Processes in the namespaces keep running without a network.
func (l *Link) Close() error {
	err := errors.Join(l.client.close(), l.server.close())
	l.ended.Wait()
	return err
}

// relay passes on the packets of one direction.
type relay struct {
	from, to    *os.File
	delay, rate atomic.Int64
	losses      atomic.Pointer[losses] // used by read alone
	free        chan *packet
	underway    chan *packet

	packets, bytes, lost, lostAtRandom atomic.Int64
}

// packet is a packet in flight.
type packet struct {
	arrival time.Time
	data    []byte
	space   [mtu]byte
}

// inFlight is the most packets in flight in one direction: those of 100 ms at 2 Gbit/s.
const inFlight = 16384

func newRelay(from, to *os.File, o Options) *relay {
	r := &relay{from: from, to: to, free: make(chan *packet, inFlight), underway: make(chan *packet, inFlight)}
	r.delay.Store(int64(o.RoundTrip / 2))
	r.rate.Store(o.Rate)
	for range inFlight {
		r.free <- new(packet)
	}
	return r
}

// read reads packets from one end until it is closed.
func (r *relay) read() {
	pin()
	defer close(r.underway)
	var w wire
	for p := range r.free {
		n, err := r.from.Read(p.space[:])
		if err != nil {
			return
		}
		now := time.Now()
		w.delay, w.rate = time.Duration(r.delay.Load()), r.rate.Load()
		arrival, ok := w.send(now, n)
		if !ok {
			r.lost.Add(1)
			r.free <- p
			continue
		}
		if r.losses.Load().next() {
			r.lostAtRandom.Add(1)
			r.free <- p
			continue
		}
		r.packets.Add(1)
		r.bytes.Add(int64(n))
		p.arrival, p.data = arrival, p.space[:n]
		r.underway <- p
	}
}

// write sends packets to the other end when they are due. It sleeps in the kernel, because timers of the Go runtime are less
// exact.
func (r *relay) write() {
	pin()
	for p := range r.underway {
		if d := time.Until(p.arrival); d > 0 {
			ts := unix.NsecToTimespec(d.Nanoseconds())
			for unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, &ts) == unix.EINTR {
			}
		}
		_, _ = r.to.Write(p.data) // a device that is down loses it, as a wire would
		r.free <- p
	}
}
