package deploy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
	"ferry/manifest"
	"ferry/sync"
)

// A switched is a site that is switched as a whole, with uploads that all releases share.
type switched struct {
	*testing.T
	m      *deploytest.Memory
	policy deploy.Policy
	now    time.Time
	events []deploy.Event
	force  bool
	dryRun bool
	shared []manifest.Path
	// pointer is how visitors are led to a release; nil: its directory takes the place of the site.
	pointer *deploy.Pointer
}

var uploads = []manifest.Path{"data/uploads"}

const theirs = "data/uploads/mine.jpg"

func newSwitched(t *testing.T) *switched {
	s := &switched{T: t, m: deploytest.NewMemory(), now: time.Unix(1_800_000_000, 0), shared: uploads}
	s.m.Beside, s.m.Modes = true, true
	s.policy = deploy.Policy{KeepModes: true, MostDeletions: func(int) int { return -1 }}
	s.m.MakeDir(deploy.Place{Path: "data/uploads"})
	s.m.Write(deploy.Place{Path: theirs}, "theirs")
	return s
}

func (s *switched) options(machine *deploytest.Machine, files texts) deploy.Options {
	return deploy.Options{Server: machine, Source: files, Policy: s.policy, Now: func() time.Time { return s.now }, Force: s.force, DryRun: s.dryRun,
		Directory: s.pointer == nil, Pointer: s.pointer, Shared: s.shared, Observer: func(e deploy.Event) { s.events = append(s.events, e) }}
}

func (s *switched) on(machine *deploytest.Machine, files texts) (deploy.Result, error) {
	return deploy.Run(context.Background(), s.options(machine, files))
}

// put makes a release from a new machine and checks that it is live.
func (s *switched) put(files texts) deploy.Result {
	s.Helper()
	result, err := s.on(s.m.Open(), files)
	if err != nil {
		s.Fatal(err)
	}
	s.wantLive("deployed", files)
	return result
}

func (s *switched) back(to int) (deploy.Result, error) {
	return deploy.Rollback(context.Background(), s.options(s.m.Open(), nil), to)
}

// live returns what visitors see.
func (s *switched) live() texts {
	live := texts{}
	for p, text := range siteOf(s.m) {
		if !p.Within(".ferry") {
			live[p] = text
		}
	}
	return live
}

func (s *switched) wantLive(what string, files texts) {
	s.Helper()
	if diff := cmp.Diff(withTheirs(files), s.live()); diff != "" {
		s.Errorf("%s: the site is another one (-want +got):\n%s", what, diff)
	}
}

// withTheirs adds what is shared.
func withTheirs(files texts) texts {
	all := maps.Clone(files)
	all[theirs] = "theirs"
	return all
}

// directories returns the directories in the work directory.
func (s *switched) directories() (dirs []string) {
	for _, name := range s.m.Names(true) {
		if top, ok := strings.CutSuffix(name, "/"); ok && (!strings.Contains(top, "/") || strings.HasPrefix(top, "r/") && strings.Count(top, "/") == 1) {
			dirs = append(dirs, top)
		}
	}
	return dirs
}

var releases = []texts{
	{"index.html": "one", "css/a.css": "a", "gone/x.html": "x", "same.txt": "same"},
	{"index.html": "two, longer", "css/a.css": "b", "new/deep/y.html": "y", "same.txt": "same"},
	{"index.html": "three", "css/a.css": "third a", "same.txt": "same", "gone": "a file now"},
	{"index.html": "four", "gone/x.html": "x again", "same.txt": "same"},
}

// Each release is made from the directory of one before, and takes its place as a whole.
func TestSwitchDirectory(t *testing.T) {
	s := newSwitched(t)
	for i, files := range releases {
		r := s.put(files)
		if !r.Committed || r.Release != i+1 || i > 0 && r.Previous != i {
			t.Errorf("release %d: %+v", i+1, r)
		}
		if again := s.put(files); again.Committed || !again.Plan.Empty() || again.Release != i+1 {
			t.Errorf("again: %+v", again)
		}
	}
	if r := s.put(releases[2]); r.Uploaded > 0 {
		t.Errorf("%d files were uploaded, and all of them were there", r.Uploaded)
	}
	if got := s.directories(); !slices.Equal(got, []string{"r", "r/0000004"}) {
		t.Errorf("%q", got)
	}
}

// A first deploy needs no site.
func TestSwitchFirst(t *testing.T) {
	s := newSwitched(t)
	s.m.RemoveRoot()
	if _, err := s.on(s.m.Open(), releases[0]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(releases[0], s.live()); diff != "" {
		t.Error(diff)
	}
	s.m.Write(deploy.Place{Path: theirs}, "theirs")
	s.put(releases[1])
}

// A first deploy replaces a site as a whole, and what was there stays.
func TestSwitchOverSite(t *testing.T) {
	s := newSwitched(t)
	s.m.Write(deploy.Place{Path: "index.html"}, "their page")
	s.put(releases[0])
	if text, _ := s.m.Content(deploy.Work("r/0000000/index.html")); text != "their page" {
		t.Errorf("%q", s.m.Names(true))
	}
	s.put(releases[1])
	s.put(releases[2])
	found := ""
	for _, name := range s.m.Names(true) {
		if text, _ := s.m.Content(deploy.Work(name)); strings.HasPrefix(name, "left/") && text == "their page" {
			found = name
		}
	}
	if found == "" {
		t.Errorf("%q", s.m.Names(true))
	}
}

// A machine is killed at any step, and another one goes on.
func TestSwitchKilled(t *testing.T) {
	for _, before := range []int{0, 2} {
		for _, keep := range []int{0, 1}[:1+before/2] {
			killed := 0
			for n := 0; ; n++ {
				s := newSwitched(t)
				s.policy.Keep = keep
				for _, files := range releases[:before] {
					s.put(files)
				}
				was, next := s.live(), releases[before]
				machine := s.m.Open()
				machine.KillAfter(n)
				_, err := s.on(machine, next)
				if !machine.Killed() {
					if err != nil {
						t.Fatal(err)
					}
					break
				}
				killed++
				what := fmt.Sprintf("%d releases before, keep %d, killed after %d steps", before, keep, n)
				// Between two steps of one write, the site may be missing, or without what is shared.
				live := s.live()
				if !cmp.Equal(live, was) && !cmp.Equal(live, withTheirs(next)) && !cmp.Equal(live, next) && len(live) > 0 {
					delete(live, theirs)
					live = withTheirs(live)
					if !cmp.Equal(live, was) {
						t.Errorf("%s: a mixture is live: %v", what, live)
					}
				}
				if _, err := s.on(s.m.Open(), next); err != nil {
					t.Errorf("%s: %v", what, err)
				}
				s.wantLive(what, next)
				if before > 0 {
					if r, err := s.on(s.m.Open(), releases[before-1]); err != nil || !r.Committed {
						t.Errorf("%s: %v", what, err)
					}
					s.wantLive(what+", the one before again", releases[before-1])
				}
				if t.Failed() {
					t.Fatalf("%q", s.m.Names(true))
				}
			}
			if killed < 10 {
				t.Errorf("only killed %d times", killed)
			}
		}
	}
}

// The connection is cut in the write that switches.
func TestSwitchCut(t *testing.T) {
	for _, done := range []bool{false, true} {
		for n := range 60 {
			s := newSwitched(t)
			s.put(releases[0])
			machine := s.m.Open()
			machine.CutAfter(n, done)
			r, err := s.on(machine, releases[1])
			if r.Committed != (err == nil) || r.Committed && !cmp.Equal(s.live(), withTheirs(releases[1])) {
				t.Errorf("cut after %d steps: %+v, %v", n, r, err)
			}
			if err != nil && !cmp.Equal(s.live(), withTheirs(releases[0])) {
				t.Errorf("cut after %d steps (%v): %v", n, err, s.live())
			}
			s.put(releases[1])
		}
	}
}

// A step of the switch is refused: the site is as it was, with what is shared.
func TestSwitchRefused(t *testing.T) {
	for _, c := range []struct {
		name     string
		refuse   func(deploy.Step) bool
		deployed bool
	}{
		{"the next one", func(s deploy.Step) bool { return s.From == deploy.Work("next") && s.To == deploy.Place{} }, false},
		{"the live one", func(s deploy.Step) bool { return s.Op == deploy.Rename && s.From == deploy.Place{} }, false},
		{"what is shared", func(s deploy.Step) bool { return s.To == deploy.Work("next/data/uploads") && s.Op == deploy.Rename }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSwitched(t)
			s.put(releases[0])
			s.m.Refuse = func(step deploy.Step) error {
				if c.refuse(step) {
					return errors.New("refused")
				}
				return nil
			}
			r, err := s.on(s.m.Open(), releases[1])
			want := releases[0]
			if c.deployed {
				want = releases[1]
			}
			if r.Committed != c.deployed || (err == nil) != c.deployed {
				t.Errorf("%+v, %v", r, err)
			}
			s.wantLive("refused", want)
			s.m.Refuse = nil
			s.put(releases[1])
		})
	}
}

// Nothing is done where the site holds what a release would be without.
func TestSwitchUnsafe(t *testing.T) {
	for _, c := range []struct {
		name, want string
		do         func(s *switched)
	}{
		{"a file of somebody else", "css/theirs.css", func(s *switched) { s.m.Write(deploy.Place{Path: "css/theirs.css"}, "!") }},
		{"a directory of somebody else", "cache", func(s *switched) { s.m.Write(deploy.Place{Path: "cache/1"}, "!") }},
		{"beside what is shared", "data/other", func(s *switched) { s.m.Write(deploy.Place{Path: "data/other"}, "!") }},
		{"no uploads", "data/uploads", func(s *switched) { s.m.Remove(deploy.Place{Path: "data/uploads"}) }},
		{"drift: stop", "index.html", func(s *switched) {
			s.policy.Drift = deploy.StopAtDrift
			s.m.Write(deploy.Place{Path: "index.html"}, "hotfix")
		}},
		{"too many deletions", "deleted", func(s *switched) { s.policy.MostDeletions = func(int) int { return 0 } }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSwitched(t)
			s.put(releases[0])
			c.do(s)
			was := s.live()
			_, err := s.on(s.m.Open(), releases[1])
			var unsafe *sync.UnsafeError
			if !errors.As(err, &unsafe) || !strings.Contains(unsafe.What, c.want) {
				t.Errorf("%v", err)
			}
			if diff := cmp.Diff(was, s.live()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What somebody else changed in the live directory is told, kept in that directory, and saved
// when the directory is used again. A mode that somebody has set stays.
func TestSwitchDrift(t *testing.T) {
	s := newSwitched(t)
	s.put(releases[0])
	s.put(releases[1])
	s.m.SetMode(deploy.Place{Path: "index.html"}, 0o600)
	s.m.SetMode(deploy.Place{Path: "css"}, 0o750)
	s.m.SetMode(deploy.Place{}, 0o711)
	s.m.Write(deploy.Place{Path: "same.txt"}, "hotfix")
	for i := range 3 {
		files := maps.Clone(releases[1])
		files["index.html"] = fmt.Sprint("another ", i)
		r := s.put(files)
		if drift := r.Plan.Drift; i == 0 && (len(drift) != 1 || drift[0].Path != "same.txt" || !drift[0].Saved) || i > 0 && len(drift) > 0 {
			t.Errorf("%d: %+v", i, r.Plan.Drift)
		}
		for p, mode := range map[string]uint16{"index.html": 0o600, "css": 0o750, "": 0o711} {
			if got := s.m.Mode(deploy.Place{Path: p}); got != mode {
				t.Errorf("%d: %q has the mode %o", i, p, got)
			}
		}
	}
	_, content, err := deploy.FetchSaved(context.Background(), s.options(s.m.Open(), nil), "same.txt", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	if text, err := io.ReadAll(content); err != nil || string(text) != "hotfix" {
		t.Errorf("%q, %v", text, err)
	}
}

// What somebody else has put into a directory that was live is never lost.
func TestSwitchLeft(t *testing.T) {
	s := newSwitched(t)
	s.put(releases[0])
	s.put(releases[1])
	s.m.Write(deploy.Work("r/0000001/late.txt"), "written while the site was switched")
	s.put(releases[2])
	found := false
	for _, name := range s.m.Names(true) {
		found = found || strings.HasPrefix(name, "left/") && strings.HasSuffix(name, "/late.txt")
	}
	if !found {
		t.Errorf("%q", s.m.Names(true))
	}
}

// Going back is the same switch, and can be taken back.
func TestSwitchBack(t *testing.T) {
	s := newSwitched(t)
	s.policy.Keep = 2
	for i, files := range releases[:3] {
		s.put(files)
		s.m.SetMode(deploy.Place{Path: "same.txt"}, 0o600+uint16(i))
	}
	for _, c := range []struct{ to, want int }{{0, 2}, {0, 1}, {3, 3}, {1, 1}, {2, 2}} {
		if _, err := s.back(c.to); err != nil {
			t.Fatal(c, err)
		}
		s.wantLive(fmt.Sprintf("back to %d", c.to), releases[c.want-1])
		if got := s.m.Mode(deploy.Place{Path: "same.txt"}); got != 0o600+uint16(c.want-1) {
			t.Errorf("mode %o", got)
		}
	}
	if _, err := s.back(9); !errors.Is(err, deploy.ErrNotKept) {
		t.Error(err)
	}
	s.m.Write(deploy.Place{Path: "index.html"}, "hotfix")
	var unsafe *sync.UnsafeError
	if _, err := s.back(0); !errors.As(err, &unsafe) {
		t.Error(err)
	}
	s.force = true
	if _, err := s.back(0); err != nil {
		t.Error(err)
	}
	s.wantLive("forced", releases[0])
	s.put(releases[3])
	told, err := deploy.Releases(context.Background(), s.options(s.m.Open(), nil))
	if err != nil || len(told) != 10 || !told[0].Live || !told[1].Kept || told[9].Kept {
		t.Errorf("%+v, %v", told, err)
	}
}

// A step back is killed anywhere, and both another step back and a deploy go on.
func TestSwitchBackKilled(t *testing.T) {
	for n := 0; ; n++ {
		s := newSwitched(t)
		s.policy.Keep = 1
		s.put(releases[0])
		s.put(releases[1])
		machine := s.m.Open()
		machine.KillAfter(n)
		if _, err := deploy.Rollback(context.Background(), s.options(machine, nil), 0); !machine.Killed() {
			if err != nil || n < 6 {
				t.Errorf("%d steps: %v", n, err)
			}
			break
		}
		if _, err := s.back(1); err != nil && !cmp.Equal(s.live(), withTheirs(releases[0])) {
			t.Errorf("killed after %d steps: %v", n, err)
		}
		s.wantLive(fmt.Sprintf("killed after %d steps", n), releases[0])
		s.put(releases[2])
		s.put(releases[3])
	}
}

// A dry run changes nothing.
func TestSwitchDryRun(t *testing.T) {
	s := newSwitched(t)
	s.put(releases[0])
	s.dryRun = true
	names := s.m.Names(true)
	r, err := s.on(s.m.Open(), releases[1])
	if err != nil || r.Plan.Empty() {
		t.Errorf("%+v, %v", r, err)
	}
	s.wantLive("dry run", releases[0])
	if diff := cmp.Diff(names, s.m.Names(true)); diff != "" {
		t.Error(diff)
	}
}

// The number of a run is noted also where only the state before is left.
func TestSequenceNotedInOldState(t *testing.T) {
	m := deploytest.NewMemory()
	o := deploy.Options{Server: m.Open(), Source: texts{"a": "1"}, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }, Sequence: 1}
	run(t, o)
	text, _ := m.Content(deploy.Work("state"))
	m.Write(deploy.Work("state.old"), text)
	m.Remove(deploy.Work("state"))
	o.Sequence = 2
	run(t, o)
	if o.Sequence = 1; !errors.Is(func() error { _, err := deploy.Run(context.Background(), o); return err }(), deploy.ErrSuperseded) {
		t.Error("an older run was deployed")
	}
}
