package read

import (
	"bytes"
	"context"
	"errors"
	"slices"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
	"ferry/sync/ahead"
)

// ownBytes is the most that is read at a time on the connection of the file itself.
const ownBytes = 1 << 20

// afterYield is how long no session is taken after somebody wanted one.
const afterYield = 5 * time.Second

// Segments are later parts of one file that other sessions bring, while the file is read from
// its start. [file.Read] passes through all of them in order, so that nothing else needs to
// know. Where it comes to a segment, the last bytes that it read must be those that the server
// sent before the segment. Where they are not, or where a segment ended early, it reads on by
// itself.
type segments struct {
	file   *file
	place  *ahead.Place
	size   int64
	ctx    context.Context
	cancel context.CancelFunc
	done   stdsync.WaitGroup
	kick   chan struct{} // considers at once

	mu       stdsync.Mutex
	changed  *stdsync.Cond
	pace     pace
	pos      int64      // of the file
	own      bool       // the file has a connection of its own
	parts    []*segment // that were begun, in order
	opening  []*segment
	received int64 // bytes, over all connections
	failures int
	hopeless bool // no further segment is to be opened
	measured bool // one ended exactly where the file ends
	lied     bool // one did not
	wanted   bool // the place is to be prepared
	ready    bool // it is
}

// Spread implements [ahead.Spreader].
func (f *file) Spread(p *ahead.Place) {
	size := f.Entry.Size
	if f.opts.Segments == 1 || f.data == nil || f.data.Transfer.Deflate || !f.s.Features().HasREST() || size-f.pos < 2<<20 {
		return
	}
	g := &segments{file: f, place: p, size: size, pos: f.pos, own: true, kick: make(chan struct{}, 1),
		pace: pace{setting: f.opts.Segments, limit: f.opts.BytesDown, roundTrip: f.roundTrip}}
	if g.pace.setting == 0 && g.pace.roundTrip < longRoundTrip {
		return
	}
	g.changed = stdsync.NewCond(&g.mu)
	g.ctx, g.cancel = context.WithCancel(f.ctx)
	context.AfterFunc(g.ctx, func() { g.change(func() {}) })
	f.spread = g
	g.done.Go(g.watch)
}

// watch opens segments and ends them, as the pace says.
func (g *segments) watch() {
	var quietUntil time.Time
	was, since := g.count(), time.Now()
	rate := float64(0)
	for wait := time.Duration(0); ; wait = g.pace.window() {
		select {
		case <-time.After(wait):
		case <-g.kick:
		case <-g.ctx.Done():
			return
		}
		now := time.Now()
		passed := now.Sub(since) >= g.pace.window()
		if passed {
			n := g.count()
			rate = float64(n-was) / now.Sub(since).Seconds()
			was, since = n, now
		}
		if g.file.server.Wanted() {
			quietUntil = now.Add(afterYield)
			g.yield()
		}
		if passed || g.pace.setting > 0 || wait == 0 {
			g.consider(rate, passed, now.Before(quietUntil))
		}
	}
}

// consider opens segments where the file should have more connections.
func (g *segments) consider(rate float64, measured, quiet bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	running := g.running()
	want := max(g.pace.want, g.pace.setting)
	if measured {
		want = g.pace.next(rate, running, g.size-g.received)
		g.file.opts.Log.Debug("reading over several connections", "path", g.file.At, "running", running, "want", want, "rate", int64(rate))
	}
	if quiet || g.hopeless || want <= running+len(g.opening) {
		return
	}
	if !g.ready {
		g.wanted = true
		return
	}
	for range want - running - len(g.opening) {
		q := g.split(g.pace.minPart(rate, running))
		if q == nil {
			return
		}
		g.opening = append(g.opening, q)
		g.done.Go(func() { g.bring(q) })
	}
}

// bring carries a segment and decides what follows from how it ended.
func (g *segments) bring(q *segment) {
	err := g.carry(g.ctx, q)
	if err == nil || g.ctx.Err() != nil {
		return
	}
	g.file.opts.Log.Info("a segment ended early", "path", g.file.At, "from", q.from, "because", err)
	g.change(func() {
		g.failures++
		g.hopeless = g.hopeless || errors.Is(err, errLied) || !ftp.Retryable(err) || g.failures > g.file.opts.Retries
	})
}

// running is the number of connections that bring the file. g.mu is held.
func (g *segments) running() int {
	n := 0
	if g.own {
		n = 1
	}
	for _, q := range g.parts {
		if !q.over {
			n++
		}
	}
	return n
}

// split returns the segment to be opened next, nil where none is worth it: all of the largest
// gap that nobody fills, or the second half of what somebody else would bring. g.mu is held.
func (g *segments) split(least int64) *segment {
	all := slices.Concat(g.parts, g.opening)
	slices.SortFunc(all, func(a, b *segment) int { return int(min(max(a.from-b.from, -1), 1)) })
	own := &segment{at: g.pos, over: !g.own}
	var best *segment
	for i, q := range append([]*segment{own}, all...) {
		end := g.size
		if i < len(all) {
			end = all[i].from
		}
		next := &segment{from: q.at, end: end}
		if !q.over {
			next.from = (q.at + (end-q.at)/2) &^ (1<<16 - 1)
		}
		fits := next.end-next.from >= least && (q.over || next.from-q.at >= least)
		if fits && next.from > g.pos+ownBytes && (best == nil || best.end-best.from < next.end-next.from) {
			best = next
		}
	}
	if best != nil {
		best.at = best.from
	}
	return best
}

// activate makes q one of the parts, when its first bytes have come. It returns false where
// somebody else is there already.
func (g *segments) activate(q *segment, edge []byte) (ok bool) {
	g.change(func() {
		i := slices.IndexFunc(g.parts, func(o *segment) bool { return o.from >= q.from })
		q.end = g.size
		if i < 0 {
			i = len(g.parts)
		} else {
			q.end = g.parts[i].from
		}
		if q.end <= q.from || g.pos+ownBytes > q.from {
			return
		}
		if i > 0 {
			before := g.parts[i-1]
			if !before.over && before.at+segmentBytes > q.from || before.at > q.from {
				return
			}
			before.end = q.from
		}
		g.parts = slices.Insert(g.parts, i, q)
		g.forget(q)
		q.edge, ok = edge, true
	})
	return ok
}

// forget takes q from those that are being opened. g.mu is held.
func (g *segments) forget(q *segment) {
	g.opening = slices.DeleteFunc(g.opening, func(o *segment) bool { return o == q })
}

func (g *segments) withdraw(q *segment) { g.change(func() { g.forget(q) }) }

// standing returns how far a segment has come, and whether it is to stop.
func (g *segments) standing(q *segment) (at, end int64, stop bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return q.at, q.end, q.yield
}

// yield ends the last segment that runs, whose session is wanted. The file keeps one session.
func (g *segments) yield() {
	g.change(func() {
		if g.running() < 2 {
			return
		}
		for _, q := range slices.Backward(g.parts) {
			if !q.over && !q.yield {
				q.yield = true
				return
			}
		}
	})
}

func (g *segments) count() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.received
}

// change makes a change that others may wait for.
func (g *segments) change(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f()
	g.changed.Broadcast()
}

// endIfNone has no segment opened from now on, if there is none.
func (g *segments) endIfNone() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.parts)+len(g.opening) > 0 {
		return false
	}
	g.hopeless = true
	return true
}

// stop ends all segments and waits for them.
func (g *segments) stop() {
	g.cancel()
	g.done.Wait()
}

// belongs reports whether q goes on where the bytes in tail end. Where they prove nothing, the
// last segment must have shown first that the server begins where REST says.
func (g *segments) belongs(q *segment, tail []byte) bool {
	n := min(len(tail), len(q.edge))
	if !bytes.Equal(tail[len(tail)-n:], q.edge[len(q.edge)-n:]) {
		g.file.noREST.Store(true)
		return false
	}
	if !alike(tail[len(tail)-n:]) {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.measured && g.ctx.Err() == nil && slices.ContainsFunc(g.parts, func(o *segment) bool { return o.end == g.size && !o.over }) {
		g.changed.Wait()
	}
	if !g.measured {
		g.file.noREST.Store(g.lied)
		return false
	}
	g.place.Doubt()
	return true
}
