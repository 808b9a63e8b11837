package sync_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/replicatest"
)

// TestModel drives the engine through random histories. Users write, rename and
// delete on both sides, also during passes; there are full passes and passes with a
// scope, passes that crash or are cancelled at any operation, and lost replies. All
// contents have the same size, so that changes cannot be told by their size. A new
// file may get the identity and time of a removed one, and an edit may keep the time.
//
// It checks that no version is lost unless a user replaced it, that both sides
// converge in a few passes, that no content appears that nobody wrote, that the base
// is true when the sides are in step, that no temporary files remain but
// those of others, and that a pass over sides in step does nothing.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		m.addReserved()
		t.Repeat(map[string]func(*rapid.T){
			"user":          func(t *rapid.T) { m.user(t) },
			"sync":          func(t *rapid.T) { m.disturbed(t, nil, trouble{}) },
			"busySync":      func(t *rapid.T) { m.disturbed(t, nil, trouble{busy: 8}) },
			"crashSync":     func(t *rapid.T) { m.disturbed(t, nil, trouble{busy: 4, kill: 6}) },
			"cancelledSync": func(t *rapid.T) { m.disturbed(t, nil, trouble{cancel: anyMoment(t)}) },
			"leftSync":      func(t *rapid.T) { m.disturbed(t, nil, trouble{busy: 4, cancel: anyMoment(t)}) },
			"rivalSync":     func(t *rapid.T) { m.disturbed(t, nil, trouble{rival: 25}) },
			"rivalPart":     func(t *rapid.T) { m.disturbed(t, m.scope(t), trouble{rival: 25}) },
			"lossySync":     func(t *rapid.T) { m.disturbed(t, nil, trouble{lose: 6}) },
			"part":          func(t *rapid.T) { m.disturbed(t, m.scope(t), trouble{}) },
			"busyPart":      func(t *rapid.T) { m.disturbed(t, m.scope(t), trouble{busy: 8}) },
			"crashPart":     func(t *rapid.T) { m.disturbed(t, m.scope(t), trouble{busy: 4, kill: 6}) },
			"cancelledPart": func(t *rapid.T) { m.disturbed(t, m.scope(t), trouble{cancel: anyMoment(t)}) },
			"leftPart":      func(t *rapid.T) { m.disturbed(t, m.scope(t), trouble{busy: 4, cancel: anyMoment(t)}) },
			"lossyPart":     func(t *rapid.T) { m.disturbed(t, m.scope(t), trouble{lose: 6}) },
			"quiet":         func(t *rapid.T) { m.quiet(t) },
			"":              func(t *rapid.T) { m.noLoss(t, true) },
		})
		m.quiet(t)
	})
}

// A machine is a world with users. It remembers which versions they replaced.
type machine struct {
	*world
	version int
	// replaced holds the versions that a user overwrote or deleted.
	replaced map[string]bool
	written  map[string]bool
	// last holds what a user last wrote under a name. Writing there again replaces it,
	// even if the engine has just renamed it aside.
	last   map[string]string
	killed bool // at least once, or cancelled while users were at work
	names  []string
	// changed holds, for each side, the paths that users changed since both sides were
	// last in step.
	changed [2]map[string]bool
	// hasReserved says that each side has files that never travel.
	hasReserved bool
	large       bool // every third version is larger than the others
}

func newMachine(t *rapid.T) *machine {
	m := emptyMachine(t)
	m.names = rapid.SampledFrom([][]string{
		{"a", "b", "c"},
		{"a", "d", "d/a", "d/b"},
		{"d", "d/e", "d/e/a", "e", "e/a"},
		{"x", "x/y", "x/y/z", "x/z"},
	}).Draw(t, "names")
	remote := m.sides[sync.Remote]
	remote.Precision = rapid.SampledFrom([]manifest.Precision{manifest.Nanosecond, manifest.Second, manifest.Minute}).Draw(t, "precision")
	remote.FixedTimes = rapid.Bool().Draw(t, "fixed times")
	// Without identities, renaming a file over another one of the same size and minute
	// cannot be noticed at all.
	remote.NoIDs = rapid.Bool().Draw(t, "no IDs") && remote.Precision < manifest.Minute
	remote.NoSums = rapid.Bool().Draw(t, "no sums")
	remote.Skew = time.Duration(rapid.IntRange(-3, 3).Draw(t, "skew")) * time.Hour
	return m
}

// reserved are files of each side that never travel.
var reserved = []string{"ferry.yaml", "n/.ferry/trash/x"}

// addReserved writes files that never travel, another content on each side.
func (m *machine) addReserved() {
	m.hasReserved = true
	m.opts.Ignore = func(p manifest.Path, _ bool) bool { return p == "ferry.yaml" }
	for _, s := range bothSides {
		for _, p := range reserved {
			m.write(s, p, "kept on the "+s.String()+" side")
		}
	}
}

// reservedStay checks that no pass touched what never travels.
func (m *machine) reservedStay(t *rapid.T) {
	if !m.hasReserved {
		return
	}
	for _, s := range bothSides {
		for _, p := range reserved {
			if got, _ := m.sides[s].Read(p); got != "kept on the "+s.String()+" side" {
				t.Fatalf("%s: %s is %q\n%s", s, p, got, m.tail())
			}
		}
	}
}

// othersTemp is a temporary file that another machine is writing on either side.
var othersTemp = manifest.TempName(manifest.NewTempMark("0123456789abcdef", "others"), false)

func emptyMachine(t fataler) *machine {
	m := &machine{world: newWorld(t), replaced: map[string]bool{}, written: map[string]bool{}, last: map[string]string{},
		changed: [2]map[string]bool{{}, {}}}
	m.sides[sync.Remote].Server = false // what a server cannot do atomically is no fault of the engine's
	for s := range m.sides {
		m.sides[s].Write(othersTemp, "others", m.clock.AddDate(-1, 0, 0)) // it has the time of its source
	}
	m.opts.Limits = sync.Limits{MaxDeletes: -1, MaxDeletePercent: -1, AllowDeletes: true, AcceptEmpty: true}
	return m
}

// twin returns a new machine with the same switches as m.
func (m *machine) twin() *machine {
	w := emptyMachine(m.t)
	w.names = m.names
	from, to := m.sides[sync.Remote], w.sides[sync.Remote]
	to.Precision, to.FixedTimes, to.NoIDs, to.NoSums, to.Skew = from.Precision, from.FixedTimes, from.NoIDs, from.NoSums, from.Skew
	return w
}

// user makes one change on one side, if it is possible there.
func (m *machine) user(t *rapid.T) {
	s := rapid.SampledFrom([]sync.Side{sync.Local, sync.Remote}).Draw(t, "side")
	p := rapid.SampledFrom(m.names).Draw(t, "path")
	m.act(s, p, rapid.IntRange(0, 9).Draw(t, "action"), rapid.SampledFrom(m.names).Draw(t, "to"))
}

func (m *machine) act(s sync.Side, p string, action int, to string) {
	side, tree := m.sides[s], m.tree(s)
	if parent := string(manifest.Path(p).Parent()); parent != "" && tree[parent] != "/" {
		return
	}
	switch {
	case action <= 2 && tree[p] != "/":
		m.version++
		content := m.sized(fmt.Sprintf("v%06d", m.version))
		if old, ok := tree[p]; ok {
			m.replaced[old] = true
		}
		key := fmt.Sprint(s, p)
		m.replaced[m.last[key]] = true
		m.last[key] = content
		m.written[content] = true
		m.logf("user writes %s %s = %s (was %s)", s, p, content, tree[p])
		m.tick()
		side.Write(p, content, time.Time{})
		m.changed[s][p] = true
		m.tick()
	case action == 3 && tree[p] != "":
		for q, content := range tree {
			if content != "/" && manifest.Path(q).Within(manifest.Path(p)) {
				m.replaced[content] = true
			}
		}
		m.logf("user removes %s %s", s, p)
		side.Remove(p)
		m.noteChange(s, tree, p)
	case action == 4 && tree[p] == "":
		m.logf("user makes %s %s/", s, p)
		side.Mkdir(p)
		m.changed[s][p] = true
	case action == 5 && tree[p] != "" && tree[to] == "" && !manifest.Path(to).Within(manifest.Path(p)) && !m.undetectable(s, tree, p, to):
		if parent := string(manifest.Path(to).Parent()); parent != "" && tree[parent] != "/" {
			return
		}
		m.logf("user renames %s %s -> %s", s, p, to)
		side.Rename(p, to)
		m.noteChange(s, tree, p)
		m.noteChange(s, m.tree(s), to)
		if m.version%2 == 0 {
			m.touch(s, to)
		}
	case action == 6:
		m.touch(s, p)
	case action == 7:
		m.copyOver(s, p)
	case action == 8:
		m.reuse(s, p, to)
	case action == 9 && s == sync.Local:
		m.editKeepingTime(p)
	}
}

// reuse lets the user of side s remove a file and write another one under a free name,
// which gets the identity and the time of the removed one.
func (m *machine) reuse(s sync.Side, p, to string) {
	tree := m.tree(s)
	old := tree[p]
	parent := string(manifest.Path(to).Parent())
	if old == "" || old == "/" || tree[to] != "" || parent != "" && tree[parent] != "/" || manifest.Path(to).Within(manifest.Path(p)) {
		return
	}
	if m.looksRecorded(s, p, to) {
		return
	}
	content := m.newVersion()
	m.replaced[old] = true
	m.replaced[m.last[fmt.Sprint(s, to)]] = true
	m.last[fmt.Sprint(s, to)] = content
	m.logf("user removes %s %s = %s and writes %s = %s with its identity", s, p, old, to, content)
	m.sides[s].Reuse(p, to, content)
	m.noteChange(s, tree, p)
	m.noteChange(s, m.tree(s), to)
	m.tick()
}

// looksRecorded reports whether the file at p would look, under the name to, like the one
// that the base has there. A server shows nothing more. On the local side a scan sees when
// a file last changed, but a step that is carried out does not ask for that: hard links
// would change it for each other. It moves such a file to the trash.
func (m *machine) looksRecorded(s sync.Side, p, to string) bool {
	pair, _ := m.record.At(manifest.Path(to))
	was, now := [2]manifest.Entry{pair.Local, pair.Remote}[s], m.sides[s].Entry(p)
	return (s == sync.Remote || m.during != nil) && was.IsFile() && manifest.Unchanged(was, now) && (was.ID == now.ID || was.ID == 0 || now.ID == 0)
}

// undetectable reports whether renaming p to to would put a file of the server where
// the base has one that looks the same and has another content.
func (m *machine) undetectable(s sync.Side, tree map[string]string, p, to string) bool {
	for q, content := range tree {
		path := manifest.Path(q)
		if content == "/" || !path.Within(manifest.Path(p)) {
			continue
		}
		target := path.Rebase(manifest.Path(p), manifest.Path(to))
		pair, _ := m.record.At(target)
		if pair.Sum != sumOf(content) && m.looksRecorded(s, q, string(target)) {
			return true
		}
	}
	return false
}

// editKeepingTime lets the local user edit a file in place and give it its old time.
func (m *machine) editKeepingTime(p string) {
	old := m.tree(sync.Local)[p]
	if old == "" || old == "/" {
		return
	}
	content := m.newVersion()
	m.replaced[old] = true
	m.replaced[m.last[fmt.Sprint(sync.Local, p)]] = true
	m.last[fmt.Sprint(sync.Local, p)] = content
	m.logf("user edits local %s = %s (was %s) and keeps its time", p, content, old)
	m.sides[sync.Local].EditKeepingTime(p, content)
	m.changed[sync.Local][p] = true
	m.tick()
}

// newVersion returns a content that nobody has written before.
func (m *machine) newVersion() string {
	m.version++
	content := fmt.Sprintf("v%06d", m.version)
	m.written[content] = true
	return content
}

// touch gives a file another time and leaves its content.
func (m *machine) touch(s sync.Side, p string) {
	content := m.tree(s)[p]
	if content == "" || content == "/" {
		return
	}
	m.logf("user touches %s %s", s, p)
	m.tick()
	m.sides[s].Write(p, content, time.Time{})
	m.changed[s][p] = true
	m.tick()
}

// copyOver lets the user of side s write at p what the other side has there.
func (m *machine) copyOver(s sync.Side, p string) {
	old, content := m.tree(s)[p], m.tree(s.Other())[p]
	if old == "/" || content == "" || content == "/" {
		return
	}
	if old != content {
		m.replaced[old] = true
	}
	m.replaced[m.last[fmt.Sprint(s, p)]] = true
	m.last[fmt.Sprint(s, p)] = ""
	m.logf("user copies %s %s = %s (was %s)", s, p, content, old)
	m.tick()
	m.sides[s].Write(p, content, time.Time{})
	m.changed[s][p] = true
	m.tick()
}

// noteChange remembers that p was changed. On the server, where directories are
// polled, it also remembers everything that tree has below p.
func (m *machine) noteChange(s sync.Side, tree map[string]string, p string) {
	m.changed[s][p] = true
	for q := range tree {
		if s == sync.Remote && manifest.Path(q).Within(manifest.Path(p)) {
			m.changed[s][q] = true
		}
	}
}

// tick lets enough time pass for a listing to tell two edits apart.
func (m *machine) tick() {
	if step := m.sides[sync.Remote].Precision.Duration(); step > time.Second {
		m.clock = m.clock.Add(2 * step)
	}
}

// errDead is returned by every operation after the program was killed, so that
// nothing more happens on either side or in the base.
var errDead = fmt.Errorf("%w: killed", sync.ErrFatal)

// errCancelled is the cause with which passes are cancelled.
var errCancelled = errors.New("the user has had enough")

// trouble is what disturbs a pass. The numbers are the chance, in percent, that
// before an operation a user makes a change, that the program is killed, and that a
// reply of the server is lost.
type trouble struct {
	busy, kill, lose int
	rival            int    // that another machine begins or ends to replace a file on the server
	cancel           moment // when the pass is cancelled
}

// A moment is the n-th operation of a pass, or the n-th of one kind. n is counted
// from 1; 0: none.
type moment struct {
	op string // "": any
	n  int
}

// anyMoment draws a moment. It prefers operations that change something.
func anyMoment(t *rapid.T) moment {
	op := rapid.SampledFrom([]string{"", "", "rename", "rename", "mkdir", "trash", "link", "unlink", "rmdir"}).Draw(t, "operation")
	if op == "" {
		return moment{op, rapid.IntRange(1, 40).Draw(t, "n")}
	}
	return moment{op, rapid.IntRange(1, 4).Draw(t, "n")}
}

// comes counts an operation, and reports whether the moment has come.
func (m *moment) comes(op string) bool {
	if m.op != "" && m.op != op {
		return false
	}
	m.n--
	return m.n == 0
}

// disturbed makes a pass with trouble; a full one if scope is nil.
func (m *machine) disturbed(t *rapid.T, scope *sync.Scope, trouble trouble) {
	ctx, cancel := context.WithCancelCause(m.ctx())
	defer cancel(nil)
	before := maps.Clone(m.record.Memory)
	m.logf("pass over %+v with %+v", scope, trouble)
	m.during = ctx
	d := &disturbance{machine: m, trouble: trouble, stop: cancel, listed: m.watchListings(t),
		random: newRandom(rapid.Uint64().Draw(t, "seed"))}
	for _, s := range bothSides {
		m.sides[s].OnIO = func(op string, p manifest.Path) error { return d.before(s, op, p) }
	}
	here := m.tree(sync.Local)
	if trouble.rival > 0 {
		d.other = &rival{w: m.world, refuses: rapid.Bool().Draw(t, "refuses")}
		m.sides[sync.Remote].Rival = d.other
	}
	var sum sync.Summary
	var err error
	if scope == nil {
		sum, err = m.pass()
	} else {
		sum, err = m.passOver(*scope)
	}
	m.logf("pass ended: %+v, %v", sum, err)
	m.during, m.opts.Observer = nil, m.observe
	for s := range m.sides {
		m.sides[s].OnIO = nil
	}
	if ctx.Err() != nil && trouble.busy == 0 {
		m.baseSound(before)
	}
	d.endRival(t, here)
	if m.record.dead {
		m.restart()
	}
}

// A disturbance brings trouble into one pass.
type disturbance struct {
	*machine
	trouble trouble
	random  *random
	stop    context.CancelCauseFunc
	listed  *[2]map[manifest.Path]bool
	other   *rival
	taken   map[string]string // what the rival took away
	inUser  bool              // a user is making a change: its operations are not those of the pass
}

// before is called before every operation.
func (d *disturbance) before(s sync.Side, op string, p manifest.Path) error {
	switch {
	case d.inUser:
		return nil
	case d.record.dead:
		return errDead
	}
	d.logf("    %s %s %s", s, op, p)
	if op == "list" {
		d.listed[s][p] = true
	}
	if d.random.chance(d.trouble.busy) {
		d.inUser = true
		d.act(sync.Side(d.random.below(2)), d.anyName(), d.random.below(9), d.anyName())
		d.inUser = false
	}
	d.atRival(op)
	switch {
	case d.random.chance(d.trouble.kill):
		d.logf("killed")
		d.record.dead, d.killed = true, true
		return errDead
	case d.trouble.cancel.comes(op):
		return d.cancel()
	case s == sync.Remote && d.random.chance(d.trouble.lose):
		return []error{replicatest.ErrLostReply, replicatest.ErrLostRequest}[d.random.below(2)]
	}
	return nil
}

func (d *disturbance) anyName() string { return d.names[d.random.below(len(d.names))] }

// cancel cancels the pass, before the operation or after it has taken effect.
func (d *disturbance) cancel() error {
	done := d.random.chance(50)
	d.logf("cancelled, done: %v", done)
	d.stop(errCancelled)
	d.killed = d.killed || d.trouble.busy > 0
	if done {
		return replicatest.ErrLostReply
	}
	return nil
}

// restart makes the sides forget what they had in memory, as after a crash.
func (m *machine) restart() {
	for s := range m.sides {
		m.sides[s].Crash()
	}
	m.record.dead = false
}

// noLoss checks that every version that no user replaced still exists: in a tree or,
// if trash is set, in the trash or a temporary file.
func (m *machine) noLoss(t *rapid.T, trash bool) {
	have := map[string]bool{}
	for _, s := range []sync.Side{sync.Local, sync.Remote} {
		if trash {
			maps.Copy(have, m.everywhere(s))
			continue
		}
		for _, content := range m.tree(s) {
			have[content] = true
		}
	}
	for content := range m.written {
		if !m.replaced[content] && !have[content] {
			t.Fatalf("version %s is lost\n%s", content, m.tail())
		}
	}
}

// quiet makes undisturbed passes until one has nothing to do, and then checks
// everything that must be true when both sides are in step.
func (m *machine) quiet(t *rapid.T) {
	m.logf("quiet")
	const most = 6
	for n := 0; ; n++ {
		sum, err := m.pass()
		if err != nil || sum.Failed+sum.Problems > 0 {
			t.Fatalf("quiet pass: %+v, %v\n%s", sum, err, m.tail())
		}
		if sum.Uploaded+sum.Downloaded+sum.DeletedLocal+sum.DeletedRemote+sum.Moved+sum.MadeDirs+sum.Adopted+sum.Conflicts == 0 {
			break
		}
		if n == most {
			t.Fatalf("not at rest after %d passes\n%s", most, m.tail())
		}
	}
	local, remote := m.tree(sync.Local), m.tree(sync.Remote)
	for s, tree := range [2]map[string]string{local, remote} {
		if tree[othersTemp] != "others" {
			t.Fatalf("the %s side lost a temporary file of somebody else\n%s", sync.Side(s), m.tail())
		}
		delete(tree, othersTemp)
	}
	if diff := cmp.Diff(local, remote); diff != "" {
		t.Fatalf("trees differ at rest (-local +remote):\n%s\n%s", diff, m.tail())
	}
	// A pass that ends right after it moved a version to the trash leaves it there, even
	// if a user had just written it.
	m.noLoss(t, m.killed)
	m.reservedStay(t)
	m.noInvention(t, local)
	m.baseTrue(t, local)
	m.changed = [2]map[string]bool{{}, {}}
}

func (m *machine) noInvention(t *rapid.T, tree map[string]string) {
	for p, content := range tree {
		if content != "/" && !m.written[content] {
			t.Fatalf("%s holds %q, which nobody wrote\n%s", p, content, m.tail())
		}
		if _, temp := manifest.TempMark(manifest.Path(p).Base()); temp {
			t.Fatalf("litter: %s\n%s", p, m.tail())
		}
	}
}

func (m *machine) baseTrue(t *rapid.T, tree map[string]string) {
	var paths []string
	for p := range m.record.Memory {
		paths = append(paths, string(p))
	}
	slices.Sort(paths)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(tree)), paths); diff != "" {
		t.Fatalf("base differs from what is there (-there +base):\n%s\n%s", diff, m.tail())
	}
	for p, pair := range m.record.Memory {
		if pair.Kind() == manifest.File && pair.Sum != "" && pair.Sum != sumOf(tree[string(p)]) {
			t.Fatalf("base has another content for %s\n%s", p, m.tail())
		}
	}
}

// TestOneSided checks that changes on one side only, including deletions, make the
// other side equal, without conflict copies. A program that never deletes would pass
// TestModel, but not this.
func TestOneSided(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		for range rapid.IntRange(0, 10).Draw(t, "before") {
			m.user(t)
		}
		m.quiet(t)
		s := rapid.SampledFrom([]sync.Side{sync.Local, sync.Remote}).Draw(t, "one side")
		for range rapid.IntRange(1, 8).Draw(t, "acts") {
			m.act(s, rapid.SampledFrom(m.names).Draw(t, "path"), rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5, 8, 9}).Draw(t, "action"), rapid.SampledFrom(m.names).Draw(t, "to"))
		}
		want := m.tree(s)
		m.quiet(t)
		if diff := cmp.Diff(want, m.tree(s.Other())); diff != "" {
			t.Fatalf("the %s side's changes did not arrive (-want +got):\n%s\n%s", s, diff, m.tail())
		}
		for p := range want {
			if strings.Contains(p, "sync-conflict") && !strings.Contains(strings.Join(m.log, "\n"), p) {
				t.Fatalf("a copy out of nowhere: %s", p)
			}
		}
	})
}
