package deflate

import (
	"math/bits"
	stdsync "sync"
	"time"
)

// Limits of what pays.
const (
	// smallest is how many bytes a file must have: a packet is one packet, compressed or not.
	smallest = 2 << 10
	// slow is the speed of one connection, in bytes a second, below which compressing pays. Servers
	// compress some tens of megabytes a second, and several connections share their processors.
	slow = 2 << 20
	// fast is the speed of the files themselves, through compressed connections, from which on they
	// might as well go as they are.
	fast = 12 << 20
	// enough is how many bytes must have been measured before the speed counts as known, and
	// memory how many are remembered, since a line changes: with more transfers at a time each is slower.
	enough, memory = 48 << 10, 1 << 20
	// far is the round trip of a line that is slow for all that is known: a large file is not worth
	// waiting for a measurement there.
	far = 5 * time.Millisecond
	// lame is the speed of files through compressed connections, in bytes a second, that is nothing
	// to begin with.
	lame = 256 << 10
	// large is how many bytes such a file has.
	large = 1 << 20
	// rise is what compressing must bring: files come faster by this factor.
	rise = 1.15
)

// A Line keeps how fast the connections to one server are, with and without compression, each way,
// and what became no smaller. Its methods may be called from several goroutines.
type Line struct {
	mu        stdsync.Mutex
	roundTrip time.Duration
	ways      [2]way
	futile    map[string]int // extensions of files that came compressed and were no smaller
}

// A Way is a direction of transfers.
type Way uint8

// The ways.
const (
	Down Way = iota
	Up
)

// A way is what is known of one direction.
type way struct {
	plain, compressed speed
	trying            bool // a first transfer is under way
	vain              int  // how often compressing was seen to bring nothing
	barred            bool // the first transfer cannot be made
	failures          int  // compressed transfers that broke, since one was whole
}

// A speed is measured from many transfers.
type speed struct {
	bytes float64
	time  time.Duration
}

func (s *speed) add(bytes int64, took time.Duration) {
	s.bytes += float64(bytes)
	s.time += took
	for s.bytes > memory {
		s.bytes, s.time = s.bytes/2, s.time/2
	}
}

// known returns the speed in bytes a second, and whether enough was measured.
func (s *speed) known() (perSecond float64, ok bool) {
	return s.bytes / max(s.time, time.Microsecond).Seconds(), s.bytes >= enough
}

// NoteRoundTrip notes how long a packet to the server and back has taken.
func (l *Line) NoteRoundTrip(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.roundTrip == 0 || d < l.roundTrip {
		l.roundTrip = d
	}
}

// firstFlight is how many bytes TCP sends before the first acknowledgement (RFC 6928). Each round
// trip doubles that.
const firstFlight = 14 << 10

// waits returns how long a connection of any speed takes for that many bytes.
func (l *Line) waits(bytes int64) time.Duration {
	return l.roundTrip * time.Duration(bits.Len64(uint64(bytes/firstFlight)))
}

// transferTime returns how much of the time of a transfer was spent on its bytes: what the round
// trips took does not count, as compressing saves none. A transfer that was over too soon to tell
// has taken no time.
func (l *Line) transferTime(bytes int64, took time.Duration) time.Duration {
	waits := l.waits(bytes)
	if took < 2*waits+10*time.Millisecond {
		return 0
	}
	return took - waits
}

// least is the size of a transfer that says anything of the speed.
const least = 8 << 10

// Note notes that sent bytes went over the line in that time, from the first to the last, and that
// they are a file of size bytes, which are more where it was compressed.
func (l *Line) Note(w Way, compressed bool, sent, size int64, took time.Duration) {
	if sent < least && size < least {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if w == Up {
		took -= l.roundTrip // to the final reply
	}
	if way := &l.ways[w]; compressed {
		way.compressed.add(size, l.transferTime(sent, took))
		l.judge(way)
	} else {
		way.plain.add(size, l.transferTime(sent, took))
	}
}

// mostVain is how often compressing may be seen to bring nothing before there is no more of it. Once
// says little: the files before may have come when there were fewer transfers to share the line.
const mostVain = 3

// judge finds out whether compressing brings what it should.
func (l *Line) judge(w *way) {
	with, known := w.compressed.known()
	without, compared := w.plain.known()
	switch {
	case !known:
	case with > fast: // the line may have become another one
		w.plain, w.compressed = speed{}, speed{}
	case compared && w.compressed.bytes > 10*enough && with < rise*without:
		w.vain++
		w.plain, w.compressed = speed{}, speed{}
	}
}

// Pays reports whether a file of size bytes gets there sooner compressed. A negative size is not
// known.
func (l *Line) Pays(w Way, size int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pays(&l.ways[w], size, l.ways[w].plain)
}

func (l *Line) pays(w *way, size int64, plain speed) bool {
	if w.vain >= mostVain || size >= 0 && size < smallest {
		return false
	}
	perSecond, known := plain.known()
	with, measured := w.compressed.known()
	return known && perSecond < slow && (!measured || with > rise*perSecond)
}

// MayPay is Pays for a line of which nothing is known yet: where it is long, a large file that is
// seen to shrink need not wait until another one was measured. It does not pay where a first trial was
// so slow that the server, and not the line, may be the reason.
func (l *Line) MayPay(w Way, size int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	way := &l.ways[w]
	_, known := way.plain.known()
	with, measured := way.compressed.known()
	return way.vain < mostVain && !known && size >= large && l.roundTrip >= far && (!measured || with > lame)
}

// PaysRest reports whether a file, of which sent bytes have come in that time and left bytes are
// to come, is there sooner if all of it comes once more, compressed. Logging in anew takes some
// round trips.
func (l *Line) PaysRest(sent, left int64, took time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	way := &l.ways[Down]
	now := way.plain
	now.add(sent, l.transferTime(sent, took))
	perSecond, _ := now.known()
	gain := time.Duration(float64(left/2-sent) / max(perSecond, 1) * float64(time.Second))
	return l.pays(way, left, now) && gain > 20*l.roundTrip+time.Second/2
}

// IsSlow reports whether a line is so slow that the processor has time to compress well.
func (l *Line) IsSlow(w Way) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	perSecond, known := l.ways[w].plain.known()
	return known && perSecond < slow
}

// mostFutile is how many files of a kind may come compressed and be no smaller.
const mostFutile = 2

// NoteSize notes how small a file, which came compressed, has become.
func (l *Line) NoteSize(name string, compressed, plain int64) {
	if plain < smallest {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	ext := extension(name)
	if compressed*100 < plain*worthwhile {
		delete(l.futile, ext)
		return
	}
	if l.futile == nil {
		l.futile = make(map[string]int)
	}
	if len(l.futile) < 1000 {
		l.futile[ext]++
	}
}

// IsFutile reports whether a file is not worth compressing, by its name.
func (l *Line) IsFutile(name string) bool {
	if IsCompressed(name) {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.futile[extension(name)] >= mostFutile
}

// mostFailures is how many compressed transfers in a row may break before there are no more of
// them. One says little: lines break without compression, too.
const mostFailures = 3

// NoteEnd notes whether a compressed transfer was whole or broke.
func (l *Line) NoteEnd(w Way, whole bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	way := &l.ways[w]
	if way.failures++; whole {
		way.failures = 0
	}
}

// BarTrial lets nobody make a first compressed transfer that way any more.
func (l *Line) BarTrial(w Way) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ways[w].barred = true
}

// HasFailed reports whether compressed transfers were given up because they broke.
func (l *Line) HasFailed(w Way) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ways[w].failures >= mostFailures
}

// BeginTrial reports whether the caller may make the first compressed transfer this way: one at a
// time does, and it ends with EndTrial.
func (l *Line) BeginTrial(w Way) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ways[w].trying || l.ways[w].barred {
		return false
	}
	l.ways[w].trying = true
	return true
}

// CanTry reports whether BeginTrial would.
func (l *Line) CanTry(w Way) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.ways[w].trying && !l.ways[w].barred
}

// EndTrial ends what BeginTrial began.
func (l *Line) EndTrial(w Way) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ways[w].trying = false
}
