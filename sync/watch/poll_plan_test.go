package watch

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// noSkip leaves no directory out.
func noSkip(manifest.Path) bool { return false }

func numbered(n int) []manifest.Path {
	dirs := make([]manifest.Path, n)
	for i := range dirs {
		dirs[i] = manifest.Path(fmt.Sprintf("d%05d", i))
	}
	return dirs
}

// A server lists directories at a rate; each pass costs some time besides.
type server struct{ rate float64 }

func (s server) duration(n int) time.Duration {
	return 50*time.Millisecond + time.Duration(float64(n)/s.rate*float64(time.Second))
}

// A pollResult is one poll of a plan.
type pollResult struct {
	began, ended time.Time
	dirs         []manifest.Path
	longest      time.Duration // of a part
}

// poll makes the next poll of a plan.
func (s server) poll(r *pollPlan, now time.Time) pollResult {
	if now.Before(r.next()) {
		now = r.next()
	}
	p := pollResult{began: now}
	for first := true; first || len(r.parts) > 0; first = false {
		part := r.nextPart(now, noSkip)
		took := s.duration(len(part))
		now = now.Add(took)
		r.partDone(len(part), took, true, now)
		p.dirs = append(p.dirs, part...)
		p.longest = max(p.longest, took)
	}
	p.ended = now
	return p
}

// A tree that can be listed in time is listed by each poll as a whole, so that
// renames are detected.
func TestSmallTreeIsPolledWhole(t *testing.T) {
	for _, test := range []struct {
		dirs int
		rate float64
	}{{0, 5}, {10, 1}, {200, 50}, {1000, 500}} {
		r := newPollPlan(30*time.Second, 5*time.Minute)
		r.setDirs(numbered(test.dirs))
		s, now := server{test.rate}, noon
		for range 5 { // to learn the rate
			now = s.poll(&r, now).ended
		}
		for range 3 {
			p := s.poll(&r, now)
			if len(p.dirs) != test.dirs+1 || p.longest < p.ended.Sub(p.began) {
				t.Errorf("%d directories at %v/s: polled %d in parts of %v", test.dirs, test.rate, len(p.dirs), p.longest)
			}
			now = p.ended
		}
	}
}

// A tree of 10,000 directories is polled in parts, at different rates.
func TestLargeTreeIsPolledInParts(t *testing.T) {
	for _, rate := range []float64{20, 100, 1000} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			const n = 10000
			r := newPollPlan(30*time.Second, 5*time.Minute)
			r.setDirs(numbered(n))
			s, now := server{rate}, noon
			for range 10 {
				now = s.poll(&r, now).ended
			}
			r.noteActivity(now, "d00700", "d09000")
			seen := make(map[manifest.Path]int)
			busy, began := time.Duration(0), now
			polls := 0
			for ; len(seen) < n+1; polls++ {
				p := s.poll(&r, now)
				once := make(map[manifest.Path]bool)
				for _, dir := range p.dirs {
					seen[dir]++
					once[dir] = true
				}
				if len(once) < len(p.dirs) {
					t.Fatalf("%d directories twice in one poll", len(p.dirs)-len(once))
				}
				if took := p.ended.Sub(p.began); took > 6*time.Second || p.longest > 2*time.Second {
					t.Fatalf("a poll of %v in parts of %v", took, p.longest)
				}
				if p.began.Sub(now) > 30*time.Second {
					t.Fatalf("no poll for %v, although some directories had no turn yet", p.began.Sub(now))
				}
				if !slices.Contains(p.dirs, "d00700") || !slices.Contains(p.dirs, "d09000") {
					if p.began.Sub(began) < activeFor {
						t.Fatalf("poll %d leaves out the active directories", polls)
					}
				}
				busy += p.ended.Sub(p.began)
				now = p.ended
			}
			if most := int(n/(rate*5*2/3)) + 2; polls > most {
				t.Errorf("%d polls until each directory was seen, want at most %d", polls, most)
			}
			if share := busy.Seconds() / now.Sub(began).Seconds(); share > 0.25 {
				t.Errorf("the connection was busy %.0f %% of the time", 100*share)
			}
			for dir, times := range seen {
				if times > 2 && dir != "d00700" && dir != "d09000" && dir != manifest.Root {
					t.Fatalf("%q polled %d times in one round", dir, times)
				}
			}
			t.Logf("%d polls, %v", polls, now.Sub(began).Round(time.Second))
		})
	}
}

// When the server becomes slow the tree is polled in parts, and when it becomes
// fast as a whole again.
func TestRateChanges(t *testing.T) {
	r := newPollPlan(30*time.Second, 5*time.Minute)
	r.setDirs(numbered(200))
	now := noon
	for range 20 {
		now = server{5}.poll(&r, now).ended
	}
	if r.fits() {
		t.Error("polled whole at 5 directories a second")
	}
	if p := (server{5}).poll(&r, now); p.ended.Sub(p.began) > 6*time.Second {
		t.Errorf("a poll of %v", p.ended.Sub(p.began))
	}
	for range 20 {
		now = server{500}.poll(&r, now).ended
	}
	if !r.fits() {
		t.Errorf("not polled whole at 500 directories a second: rate %v", r.rate)
	}
}

// After a poll that took too long there is a longer pause.
func TestSlowPollIsFollowedByRest(t *testing.T) {
	r := newPollPlan(30*time.Second, 5*time.Minute)
	r.setDirs(numbered(200))
	r.nextPart(noon, noSkip)
	end := noon.Add(40 * time.Second)
	r.partDone(201, 40*time.Second, true, end)
	if want := end.Add(2 * time.Minute); !r.next().Equal(want) {
		t.Errorf("next poll at %v, want %v", r.next(), want)
	}
	// The time for transfers does not count.
	r.nextPart(r.next(), noSkip)
	end = r.began.Add(10 * time.Minute)
	r.partDone(3, 10*time.Minute, false, end)
	if r.next().Sub(end) > 5*time.Second {
		t.Errorf("next poll %v after a poll that downloaded", r.next().Sub(end))
	}
}

func TestInterval(t *testing.T) {
	for _, test := range []struct {
		quiet, want time.Duration
	}{
		{0, 30 * time.Second},
		{5 * time.Minute, 30 * time.Second},
		{10 * time.Minute, time.Minute},
		{30 * time.Minute, 3 * time.Minute},
		{50 * time.Minute, 5 * time.Minute},
		{24 * time.Hour, 5 * time.Minute},
	} {
		r := newPollPlan(30*time.Second, 5*time.Minute)
		r.fullPassDone(noon.Add(-test.quiet), noon)
		if got := r.interval(noon); got != test.want {
			t.Errorf("%v without activity: %v, want %v", test.quiet, got, test.want)
		}
	}
}

// After activity the next poll is one interval away, and more activity does not delay it.
func TestActivityHastensPoll(t *testing.T) {
	r := newPollPlan(30*time.Second, 5*time.Minute)
	r.fullPassDone(noon, noon)
	later := noon.Add(2 * time.Hour)
	r.nextPart(later, noSkip)
	r.partDone(1, time.Second, true, later)
	if got := r.next().Sub(later); got != 5*time.Minute {
		t.Fatalf("next poll in %v", got)
	}
	r.noteActivity(later.Add(time.Minute), "a")
	if got := r.next().Sub(later); got != 90*time.Second {
		t.Errorf("after activity: next poll in %v", got)
	}
	for i := range 20 {
		r.noteActivity(later.Add(time.Minute+time.Duration(i)*time.Second), "a")
	}
	if got := r.next().Sub(later); got != 90*time.Second {
		t.Errorf("more activity delayed the poll: %v", got)
	}
}

// Directories in which something failed are left out until their retry.
func TestSkippedDirectories(t *testing.T) {
	skip := func(dir manifest.Path) bool { return dir == "d00001" }
	for _, n := range []int{3, 1000} {
		r := newPollPlan(30*time.Second, 5*time.Minute)
		r.setDirs(numbered(n))
		r.noteActivity(noon, "d00001", "d00002")
		dirs := r.nextPart(noon, skip)
		if slices.Contains(dirs, "d00001") || !slices.Contains(dirs, "d00002") {
			t.Errorf("of %d: %v", n, dirs)
		}
	}
}

// Directories that come and go do not disturb the rotation.
func TestRotationGoesOn(t *testing.T) {
	r := newPollPlan(30*time.Second, 5*time.Minute)
	r.setDirs(numbered(1000))
	first := r.rotate(250, nil, noSkip)
	r.setDirs(numbered(1000)[100:])
	second := r.rotate(250, nil, noSkip)
	if diff := cmp.Diff(append([]manifest.Path{manifest.Root}, numbered(1000)[:499]...), append(first, second...)); diff != "" {
		t.Error(diff)
	}
	r.setDirs([]manifest.Path{"z", "a", "a"})
	if diff := cmp.Diff([]manifest.Path{manifest.Root, "a", "z"}, r.dirs); diff != "" {
		t.Error(diff)
	}
}

func TestActiveIsForgotten(t *testing.T) {
	r := newPollPlan(30*time.Second, 5*time.Minute)
	dirs := numbered(3 * maxQueued)
	for i, dir := range dirs {
		r.noteActivity(noon.Add(time.Duration(i)*time.Millisecond), dir)
	}
	if len(r.active) > 2*maxQueued {
		t.Errorf("%d active directories", len(r.active))
	}
	if last := dirs[len(dirs)-1]; r.active[last].IsZero() {
		t.Error("the last one is forgotten")
	}
}
