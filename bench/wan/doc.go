// Package wan emulates a long link: two network namespaces, joined by a pair of TUN devices, and a relay that holds every
// packet for half a round trip and lets it pass at a given rate. It stands in for `tc netem` where the kernel has none.
//
// The namespaces have no names. They belong to two threads of this process and to the processes that are started from
// them, so nothing of them is left when those have ended, however they ended.
package wan

import "time"

// The two ends of the link, in a network that is set aside for benchmarks (RFC 2544, section C.2.2).
const (
	ClientAddress = "198.18.0.1"
	ServerAddress = "198.18.0.2"
)

// Options say what the link is like.
type Options struct {
	RoundTrip time.Duration // half of it each way
	Rate      int64         // bytes a second each way, headers included; 0 is as fast as the relay can
}

// Traffic is what went over the link since it was opened, in IP packets and their bytes.
type Traffic struct {
	PacketsUp, PacketsDown int64 // up: from the client to the server
	BytesUp, BytesDown     int64
	Lost                   int64 // dropped because a queue was full, both ways
}

// Minus is what went over the link since an earlier moment.
func (t Traffic) Minus(earlier Traffic) Traffic {
	return Traffic{
		PacketsUp: t.PacketsUp - earlier.PacketsUp, PacketsDown: t.PacketsDown - earlier.PacketsDown,
		BytesUp: t.BytesUp - earlier.BytesUp, BytesDown: t.BytesDown - earlier.BytesDown,
		Lost: t.Lost - earlier.Lost,
	}
}
