package watch

import (
	"slices"
	"time"

	"ferry/manifest"
)

const (
	// maxPollTime is how long one poll may take. It may also take no more than a
	// quarter of the interval.
	maxPollTime = 5 * time.Second
	// partTime is how long one part of a poll takes in a tree that is too large for
	// one poll. Local changes are carried over between parts.
	partTime = time.Second
	// firstRate is how many directories a second a server is assumed to list before
	// that was measured.
	firstRate = 50
	// minDirs are polled at once, however slow the server is. The rate is not
	// measured on fewer.
	minDirs = 16
	// activeFor is how long a directory counts as recently active.
	activeFor = time.Hour
	// quietDivisor sets how fast the interval grows: it is the time without activity
	// divided by this.
	quietDivisor = 10
)

// A pollPlan says when the server is polled, and which directories are listed. It
// is pure.
//
// If all directories can be listed in the time of one poll, each poll lists all of
// them, so a change on the server is seen within one interval. In a larger tree a
// poll lists as many as it has time for. A third of them are the directories that
// were active last; changes in those are seen within one interval, too. The others
// take turns, so each directory is listed once in len(dirs)/(2/3 of a poll) polls.
//
// The interval is Poll for the first minutes after any activity, and then a tenth of
// the time without activity, up to PollMax. In a larger tree it grows only when each
// directory has had its turn.
type pollPlan struct {
	poll, max time.Duration

	dirs       []manifest.Path // all directories, in order, the root first
	active     map[manifest.Path]time.Time
	lastActive time.Time
	rotated    manifest.Path // the directory whose turn was last
	visited    int           // directories that had their turn since the last activity
	rate       float64       // directories listed in a second; 0: not measured yet

	due   time.Time         // when the next poll begins
	parts [][]manifest.Path // of the running poll, those still to be listed
	began time.Time
	busy  time.Duration // time spent on the running poll
}

func newPollPlan(poll, max time.Duration) pollPlan {
	return pollPlan{poll: poll, max: max, dirs: []manifest.Path{manifest.Root}, active: make(map[manifest.Path]time.Time)}
}

// setDirs takes the directories of the base, without the root.
func (p *pollPlan) setDirs(dirs []manifest.Path) {
	p.dirs = append([]manifest.Path{manifest.Root}, dirs...)
	if !slices.IsSortedFunc(p.dirs, manifest.Path.Compare) {
		slices.SortFunc(p.dirs, manifest.Path.Compare)
	}
	p.dirs = slices.Compact(p.dirs)
}

// noteActivity says that something changed now, in dirs where they are known.
func (p *pollPlan) noteActivity(now time.Time, dirs ...manifest.Path) {
	p.lastActive, p.visited = now, 0
	for _, dir := range dirs {
		p.active[dir] = now
	}
	if len(p.active) > 2*maxQueued {
		p.trimActive(now)
	}
	if soon := now.Add(p.interval(now)); p.due.After(soon) {
		p.due = soon
	}
}

// trimActive forgets the older half of the active directories, and all that were
// active long ago.
func (p *pollPlan) trimActive(now time.Time) {
	times := make([]time.Time, 0, len(p.active))
	for _, at := range p.active {
		times = append(times, at)
	}
	slices.SortFunc(times, time.Time.Compare)
	median := times[len(times)/2]
	for dir, at := range p.active {
		if !at.After(median) || now.Sub(at) > activeFor {
			delete(p.active, dir)
		}
	}
}

// interval returns the time from the beginning of one poll to that of the next.
func (p *pollPlan) interval(now time.Time) time.Duration {
	if p.lastActive.IsZero() || !p.fits() && p.visited < len(p.dirs) {
		return p.poll
	}
	return min(max(p.poll, now.Sub(p.lastActive)/quietDivisor), p.max)
}

// next returns when the next part of a poll is due.
func (p *pollPlan) next() time.Time {
	if len(p.parts) > 0 {
		return p.began
	}
	return p.due
}

// partDone says that a part of n directories was listed. quiet says that nothing
// had to be done: only then does the time taken tell how fast the server lists.
func (p *pollPlan) partDone(n int, took time.Duration, quiet bool, now time.Time) {
	if quiet {
		p.measure(n, took)
		p.busy += took
	} else {
		p.busy += time.Duration(float64(n) / float64(p.capacity(time.Second)) * float64(time.Second))
	}
	if len(p.parts) > 0 {
		return
	}
	p.due = p.began.Add(p.interval(now))
	if rest := now.Add(3 * p.busy); p.due.Before(rest) {
		p.due = rest
	}
}

// measure updates the rate after n directories were listed.
func (p *pollPlan) measure(n int, took time.Duration) {
	if n < minDirs || took <= 0 {
		return
	}
	rate := float64(n) / took.Seconds()
	if p.rate == 0 {
		p.rate = rate
		return
	}
	p.rate += (rate - p.rate) / 3
}

// fullPassDone says that a full pass has ended, which takes the place of a poll.
func (p *pollPlan) fullPassDone(began, now time.Time) {
	if p.lastActive.IsZero() {
		p.lastActive = began
	}
	p.parts = nil
	p.due = began.Add(p.interval(now))
	if p.due.Before(now) {
		p.due = now
	}
}

// sooner moves the next poll forward, by up to half of the time that is left.
func (p *pollPlan) sooner(now time.Time, by float64) {
	p.due = p.due.Add(-time.Duration(float64(p.due.Sub(now)) / 2 * by))
}

// restart drops the running poll, which failed. The next one is due at once.
func (p *pollPlan) restart(now time.Time) { p.parts, p.due = nil, now }
