package watch

import (
	"slices"
	"time"

	"ferry/manifest"
)

const (
	// pollMost is how long one poll may keep the sides busy, a quarter of the
	// interval at most.
	pollMost = 5 * time.Second
	// partTime is how long one part of a poll takes that cannot see all of the
	// tree; between parts local changes get their turn.
	partTime = time.Second
	// firstRate is how many directories are taken to be listed in a second as long
	// as nothing was measured.
	firstRate = 50
	// fewDirs are polled at once however slow the server is, and no rate is
	// measured on fewer of them.
	fewDirs = 16
	// activeFor is how long a directory counts as recently active.
	activeFor = time.Hour
	// quietShare is the share of the time without activity that the interval grows to.
	quietShare = 10
)

// Rounds say when the server is polled, and which directories then. It is pure.
//
// As long as all directories can be listed within the time of one poll, each
// poll lists all of them, and a change of the server is seen within the interval.
// In a larger tree each poll lists as many as it has time for: a third of them
// are those that were active last, in which a change is seen within the interval as well;
// the others take their turns, so that each directory is seen within
// len(dirs)/(2/3 of what a poll lists) polls. The interval is Poll for the first
// minutes after any activity, and then a tenth of the time without, up to PollMost; in
// a larger tree it does not grow before all directories had their turn.
type rounds struct {
	poll, most time.Duration

	dirs    []manifest.Path // all, the root first, in order
	active  map[manifest.Path]time.Time
	lastAct time.Time
	cursor  manifest.Path // where the turns go on
	visited int           // directories whose turn came since the last activity
	rate    float64       // directories listed in a second; 0: not known

	due   time.Time         // of the next poll
	parts [][]manifest.Path // of the poll under way, still to be made
	began time.Time
	busy  time.Duration // what the poll under way took so far
}

func newRounds(poll, most time.Duration) rounds {
	return rounds{poll: poll, most: most, dirs: []manifest.Path{manifest.Root}, active: make(map[manifest.Path]time.Time)}
}

// know takes the directories below the root that both sides agree on.
func (r *rounds) know(dirs []manifest.Path) {
	r.dirs = append([]manifest.Path{manifest.Root}, dirs...)
	if !slices.IsSortedFunc(r.dirs, manifest.Path.Compare) {
		slices.SortFunc(r.dirs, manifest.Path.Compare)
	}
	r.dirs = slices.Compact(r.dirs)
}

// act notes that something happened now, in dir if known is set.
func (r *rounds) act(now time.Time, dirs ...manifest.Path) {
	r.lastAct, r.visited = now, 0
	for _, dir := range dirs {
		r.active[dir] = now
	}
	if len(r.active) > 2*mostQueued {
		r.forget(now)
	}
	if soon := now.Add(r.interval(now)); r.due.After(soon) {
		r.due = soon
	}
}

// forget drops what was active long ago, or else the older half.
func (r *rounds) forget(now time.Time) {
	times := make([]time.Time, 0, len(r.active))
	for _, at := range r.active {
		times = append(times, at)
	}
	slices.SortFunc(times, time.Time.Compare)
	bound := times[len(times)/2]
	for dir, at := range r.active {
		if !at.After(bound) || now.Sub(at) > activeFor {
			delete(r.active, dir)
		}
	}
}

// interval returns the time between the beginnings of two polls.
func (r *rounds) interval(now time.Time) time.Duration {
	if r.lastAct.IsZero() || !r.whole() && r.visited < len(r.dirs) {
		return r.poll
	}
	return min(max(r.poll, now.Sub(r.lastAct)/quietShare), r.most)
}

// budget returns how long a poll may take.
func (r *rounds) budget() time.Duration { return min(pollMost, r.poll/4) }

// within returns how many directories can be listed in d.
func (r *rounds) within(d time.Duration) int {
	rate := r.rate
	if rate == 0 {
		rate = firstRate
	}
	return max(fewDirs, int(rate*d.Seconds()))
}

// whole reports whether one poll lists everything.
func (r *rounds) whole() bool { return len(r.dirs) <= r.within(r.budget()) }

// next returns when the next part of a poll is due.
func (r *rounds) next() time.Time {
	if len(r.parts) > 0 {
		return r.began
	}
	return r.due
}

// part returns the directories to be listed now. It is called when next has come.
// skip says which are to be left out.
func (r *rounds) part(now time.Time, skip func(manifest.Path) bool) []manifest.Path {
	if len(r.parts) == 0 {
		r.began, r.busy = now, 0
		r.parts = r.choose(now, skip)
	}
	part := r.parts[0]
	r.parts = r.parts[1:]
	return part
}

// choose returns the parts of the poll that begins now, at least one.
func (r *rounds) choose(now time.Time, skip func(manifest.Path) bool) [][]manifest.Path {
	most := r.within(r.budget())
	var chosen []manifest.Path
	if r.whole() {
		for _, dir := range r.dirs {
			if !skip(dir) {
				chosen = append(chosen, dir)
			}
		}
		r.visited = len(r.dirs)
		return [][]manifest.Path{chosen}
	}
	chosen = r.hot(now, most/3, skip)
	chosen = append(chosen, r.turns(most-len(chosen), chosen, skip)...)
	slices.SortFunc(chosen, manifest.Path.Compare)
	return slices.Collect(slices.Chunk(chosen, r.within(partTime)))
}

// hot returns up to most directories that were active, the last ones first.
func (r *rounds) hot(now time.Time, most int, skip func(manifest.Path) bool) []manifest.Path {
	var hot []manifest.Path
	for dir, at := range r.active {
		if _, is := slices.BinarySearchFunc(r.dirs, dir, manifest.Path.Compare); now.Sub(at) > activeFor {
			delete(r.active, dir)
		} else if is && !skip(dir) {
			hot = append(hot, dir)
		}
	}
	slices.SortFunc(hot, func(a, b manifest.Path) int {
		if d := r.active[b].Compare(r.active[a]); d != 0 {
			return d
		}
		return a.Compare(b)
	})
	return hot[:min(most, len(hot))]
}

// turns returns the next n directories in turn, without those chosen already.
func (r *rounds) turns(n int, chosen []manifest.Path, skip func(manifest.Path) bool) []manifest.Path {
	had := make(map[manifest.Path]bool, len(chosen))
	for _, dir := range chosen {
		had[dir] = true
	}
	at, is := slices.BinarySearchFunc(r.dirs, r.cursor, manifest.Path.Compare)
	if is {
		at++
	}
	if r.cursor == manifest.Root && r.visited == 0 {
		at = 0
	}
	var turns []manifest.Path
	for seen := 0; len(turns) < n && seen < len(r.dirs); seen++ {
		dir := r.dirs[(at+seen)%len(r.dirs)]
		r.cursor = dir
		r.visited++
		if !had[dir] && !skip(dir) {
			turns = append(turns, dir)
		}
	}
	return turns
}

// listed notes that a part of n directories took so long. Only what found
// nothing to do says how fast the server lists.
func (r *rounds) listed(n int, took time.Duration, nothing bool, now time.Time) {
	if nothing {
		r.measure(n, took)
		r.busy += took
	} else {
		r.busy += time.Duration(float64(n) / float64(r.within(time.Second)) * float64(time.Second))
	}
	if len(r.parts) > 0 {
		return
	}
	r.due = r.began.Add(r.interval(now))
	if rest := now.Add(3 * r.busy); r.due.Before(rest) {
		r.due = rest
	}
}

// measure learns from n directories listed how many can be in a second.
func (r *rounds) measure(n int, took time.Duration) {
	if n < fewDirs || took <= 0 {
		return
	}
	rate := float64(n) / took.Seconds()
	if r.rate == 0 {
		r.rate = rate
		return
	}
	r.rate += (rate - r.rate) / 3
}

// lookedAtAll notes that a full pass that began at began has ended.
func (r *rounds) lookedAtAll(began, now time.Time) {
	if r.lastAct.IsZero() {
		r.lastAct = began
	}
	r.parts = nil
	r.due = began.Add(r.interval(now))
	if r.due.Before(now) {
		r.due = now
	}
}

// giveUp ends the poll under way, which failed; the next one is due at once.
func (r *rounds) giveUp(now time.Time) { r.parts, r.due = nil, now }
