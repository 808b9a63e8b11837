// Package wan emulates a link with a long round-trip time. It consists of two network namespaces, a TUN device in each, and
// a relay that delays every packet by half a round trip, limits the rate and loses packets at random. It replaces `tc netem` where the kernel has none.
//
// The namespaces have no names. They belong to two threads of this process and to the processes started by them, so nothing
// of them remains when these have ended.
package wan

import "time"

// The addresses of the two ends, in a network that is reserved for benchmarks (RFC 2544, section C.2.2).
const (
	ClientAddress = "198.18.0.1"
	ServerAddress = "198.18.0.2"
)

// Options describe a link.
type Options struct {
	RoundTrip time.Duration // each packet is delayed by half of it
	Rate      int64         // bytes per second each way, including headers; 0 means no limit
	Loss      float64       // share of the packets of each direction that is lost at random, from 0 to 1
	Seed      uint64        // of the losses: equal seeds lose equal packets, counted from the first one
	// Congestion is the congestion control of TCP at both ends, such as "cubic"; "" is that of the machine.
	Congestion string
}

// Traffic counts the IP packets that passed the link since it was opened, and their bytes.
type Traffic struct {
	PacketsUp, PacketsDown int64 // up: from the client to the server
	BytesUp, BytesDown     int64
	Lost                   int64 // dropped because a queue was full, both ways
	LostAtRandom           int64 // both ways
}

// Minus returns the traffic since an earlier moment.
func (t Traffic) Minus(earlier Traffic) Traffic {
	return Traffic{
		PacketsUp: t.PacketsUp - earlier.PacketsUp, PacketsDown: t.PacketsDown - earlier.PacketsDown,
		BytesUp: t.BytesUp - earlier.BytesUp, BytesDown: t.BytesDown - earlier.BytesDown,
		Lost: t.Lost - earlier.Lost, LostAtRandom: t.LostAtRandom - earlier.LostAtRandom,
	}
}
