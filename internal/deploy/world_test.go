package deploy

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/deploy/release"
	"ferry/manifest"

	"github.com/google/go-cmp/cmp"
)

// A node is a file on the server of a test.
type node struct {
	text string
	time int64 // seconds
	mode uint16
	kind manifest.Kind // File, or Other for a link
}

func (n *node) entry() manifest.Entry {
	return manifest.Entry{Kind: n.kind, Size: int64(len(n.text)), Precision: manifest.Second, ModTime: n.time * int64(time.Second)}
}

// A world is a site with its work directory, and the deploys of it.
type world struct {
	live    map[manifest.Path]*node
	dirs    map[manifest.Path]bool
	work    map[string]*node
	state   *Release
	clock   int64
	errs    map[manifest.Path]error // of listings
	refused []string                // steps that could not be carried out
	number  int                     // of the last release
	encode  bool                    // each plan is written and read again
	cut     int                     // bytes that are missing of the line in which the commit is cut off
	kill    int                     // steps until the commit is cut off; 0: never
}

var errKilled = errors.New("killed")

func newWorld() *world {
	return &world{
		live: map[manifest.Path]*node{}, dirs: map[manifest.Path]bool{manifest.Root: true}, work: map[string]*node{},
		clock: 1_700_000_000, errs: map[manifest.Path]error{}, encode: true,
	}
}

func (w *world) now() time.Time { return time.Unix(w.clock, 0).UTC() }

// write is somebody else who writes a file into the site.
func (w *world) write(p manifest.Path, text string) {
	w.clock++
	for dir := range p.Ancestors {
		w.dirs[dir] = true
	}
	w.live[p] = &node{text: text, time: w.clock, mode: 0o644, kind: manifest.File}
}

func (w *world) mkdir(p manifest.Path) {
	w.dirs[p] = true
	for dir := range p.Ancestors {
		w.dirs[dir] = true
	}
}

func (w *world) link(p manifest.Path) {
	w.write(p, "")
	w.live[p].kind = manifest.Other
}

func (w *world) list(dir manifest.Path) *DirList {
	if err := w.errs[dir]; err != nil {
		return &DirList{Err: err}
	}
	if !w.dirs[dir] {
		return &DirList{Missing: true}
	}
	l := &DirList{Entries: map[string]Look{}}
	for p, n := range w.live {
		if p.Parent() == dir {
			l.Entries[p.Base()] = Look{Entry: n.entry(), Mode: n.mode}
		}
	}
	for p := range w.dirs {
		if p != manifest.Root && p.Parent() == dir {
			l.Entries[p.Base()] = Look{Entry: manifest.Entry{Kind: manifest.Dir}}
		}
	}
	return l
}

func sumOf(text string) (s Sum) {
	full := sha256.Sum256([]byte(text))
	copy(s[:], full[:])
	return s
}

// files are the texts of local files; "x:" before one says that it is executable.
type files map[manifest.Path]string

func (f files) local() []LocalFile {
	var local []LocalFile
	for _, p := range slices.SortedFunc(maps.Keys(f), manifest.Path.Compare) {
		local = append(local, LocalFile{Path: p, Size: int64(len(f[p])), Sum: sumOf(f[p]), Exec: strings.HasPrefix(f[p], "x:")})
	}
	return local
}

// look lists what a plan needs.
func (w *world) look(local []LocalFile, policy Policy) Site {
	site := Site{State: w.state, Lists: map[manifest.Path]*DirList{}, Same: map[manifest.Path]bool{}}
	if w.state == nil {
		for dir := range w.dirs {
			site.Lists[dir] = w.list(dir)
		}
	}
	for round := 0; ; round++ {
		dirs := Touched(site, local, policy, w.now())
		if len(dirs) == 0 {
			break
		}
		if round > 20 {
			panic("Touched never ends")
		}
		for _, dir := range dirs {
			if site.Lists[dir] != nil {
				panic(fmt.Sprintf("%q is to be listed again", dir))
			}
			site.Lists[dir] = w.list(dir)
		}
	}
	for _, p := range Uncompared(site, local, policy) {
		i := slices.IndexFunc(local, func(l LocalFile) bool { return l.Path == p })
		site.Same[p] = sumOf(w.live[p].text) == local[i].Sum
	}
	return site
}

func (w *world) plan(f files, policy Policy) (*Plan, error) {
	local := f.local()
	return Decide(w.look(local, policy), local, policy, w.now())
}

// stage puts the files of a plan into the work directory.
func (w *world) stage(t fatal, plan *Plan, f files) {
	for _, i := range plan.Stage {
		c := &plan.Release.Changes[i]
		w.clock++
		n := &node{text: f[c.Path], time: w.clock, mode: 0o644, kind: manifest.File}
		if c.Mode != 0 {
			n.mode = c.Mode
		}
		name := fmt.Sprintf("stage/s/%d/%s", i/1000, release.StagedName(i, sumOf(n.text), n.entry()))
		w.work[name] = n
		plan.Staged(i, name, n.entry(), n.mode)
	}
	if !w.encode {
		return
	}
	b, err := release.Encode(&plan.Release, nil)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	again, err := release.Decode(b, nil)
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	wantSame(t, &plan.Release, again)
}

func wantSame(t fatal, want, got *Release) {
	empty := cmp.FilterValues(func(a, b any) bool { return fmt.Sprint(a) == "[]" && fmt.Sprint(b) == "[]" }, cmp.Ignore())
	if diff := cmp.Diff(want, got, empty); diff != "" {
		t.Fatalf("decoded otherwise (-encoded +decoded):\n%s", diff)
	}
}

type fatal interface {
	Fatalf(string, ...any)
	Errorf(string, ...any)
}

// deploy makes a whole deploy of what must not be refused.
func (w *world) deploy(t fatal, f files, policy Policy) *Plan {
	plan, err := w.plan(f, policy)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	w.carryOut(t, plan, f, policy)
	return plan
}

func (w *world) carryOut(t fatal, plan *Plan, f files, policy Policy) {
	w.stage(t, plan, f)
	r := &plan.Release
	w.number++
	r.Number = w.number // also where the state was lost
	if err := w.apply(Steps(r.Changes, plan.MakeDirs, plan.RemoveDirs)); err != nil {
		w.kill = 0
		w.finish(t, r)
	}
	w.state = r
	w.keep(r)
	if len(w.refused) > 0 {
		t.Fatalf("refused: %q", w.refused)
	}
}

// finish takes up a commit that was cut off.
func (w *world) finish(t fatal, r *Release) {
	rest, err := Remaining(r, w.lookAt, true)
	if err != nil || len(rest.Lost) > 0 {
		t.Fatalf("remaining: %+v, %v", rest, err)
	}
	for _, s := range rest.Strays {
		if err := w.apply([][]Chain{{{{Op: Rename, From: s.At, To: s.To}}}}); err != nil {
			t.Fatalf("%v", err)
		}
	}
	if err := w.apply(Steps(rest.Todo, Needed(rest.Todo), Emptied(r))); err != nil {
		t.Fatalf("%v", err)
	}
}

func (w *world) lookAt(p Place) Look {
	if p.Work {
		if n := w.work[p.Path]; n != nil {
			return Look{Entry: n.entry(), Mode: n.mode}
		}
		return Look{}
	}
	if n := w.live[manifest.Path(p.Path)]; n != nil {
		return Look{Entry: n.entry(), Mode: n.mode}
	}
	if w.dirs[manifest.Path(p.Path)] {
		return Look{Entry: manifest.Entry{Kind: manifest.Dir}}
	}
	return Look{}
}

// keep renames the stage as a release that is kept.
func (w *world) keep(r *Release) {
	for name, n := range w.work {
		if strings.HasPrefix(name, "stage/") {
			delete(w.work, name)
			if !strings.HasPrefix(name, "stage/s/") {
				w.work[release.KeptName(r.Number, name)] = n
			}
		}
	}
}

func (w *world) apply(groups [][]Chain) error {
	for _, g := range groups {
		for _, chain := range g {
			for _, s := range chain {
				if w.kill == 1 {
					w.cutOff(s)
					return errKilled
				}
				if w.kill > 0 {
					w.kill--
				}
				if why := w.step(s); why != "" {
					w.refused = append(w.refused, fmt.Sprintf("%d %v %v: %s", s.Op, s.From, s.To, why))
				}
			}
		}
	}
	return nil
}

// cutOff carries out a rename whose last line was cut, as some servers do.
func (w *world) cutOff(s Step) {
	n := len(s.To.Path) - w.cut
	if s.Op != Rename || w.cut == 0 || n <= 0 {
		return
	}
	s.To.Path = s.To.Path[:n]
	if !strings.HasSuffix(s.To.Path, "/") && w.file(s.To) == nil && w.file(s.From) != nil {
		w.step(s)
	}
}

func (w *world) file(p Place) *node {
	if p.Work {
		return w.work[p.Path]
	}
	return w.live[manifest.Path(p.Path)]
}

func (w *world) remove(p Place) {
	if p.Work {
		delete(w.work, p.Path)
	} else {
		delete(w.live, manifest.Path(p.Path))
	}
}

// step carries out one step as a strict server does.
func (w *world) step(s Step) string {
	to := manifest.Path(s.To.Path)
	switch s.Op {
	case Rename:
		n := w.file(s.From)
		switch {
		case n == nil:
			return "nothing to rename"
		case s.To.Work:
			if w.work[s.To.Path] != nil {
				return "something is aside already"
			}
			w.work[s.To.Path] = n
		case w.dirs[to]:
			return "a directory is in the way"
		case !w.dirs[to.Parent()]:
			return "no directory for it"
		default:
			w.live[to] = n
		}
		w.remove(s.From)
	case Delete:
		if w.file(s.From) == nil {
			return "nothing to delete"
		}
		w.remove(s.From)
	case MakeDir:
		if w.live[to] != nil || !w.dirs[to.Parent()] {
			return "cannot be made"
		}
		w.dirs[to] = true
	case RemoveDir:
		dir := manifest.Path(s.From.Path)
		for p := range w.live {
			if p.Below(dir) {
				return ""
			}
		}
		for p := range w.dirs {
			if p.Below(dir) {
				return ""
			}
		}
		delete(w.dirs, dir)
	case SetMode:
		if w.file(s.To) == nil {
			return "nothing to set a mode of"
		}
		w.file(s.To).mode = s.Mode
	}
	return ""
}

// texts returns the site as a map.
func (w *world) texts() map[manifest.Path]string {
	texts := map[manifest.Path]string{}
	for p, n := range w.live {
		texts[p] = n.text
	}
	return texts
}

// saved reports whether a version is in the work directory.
func (w *world) saved(text string) bool {
	for _, n := range w.work {
		if n.text == text {
			return true
		}
	}
	return false
}

var _ fatal = (*testing.T)(nil)
