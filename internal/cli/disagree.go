package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	stdsync "sync"

	"ferry/manifest"
	"ferry/sync"

	"golang.org/x/sync/errgroup"
)

// A disagreement is a file that both sides changed: one version has the name,
// the other is a conflict copy; or, where it waits, each side has its own under
// the name.
type disagreement struct {
	path manifest.Path
	copy manifest.Path // Root: it waits
	// loser is the side whose version the copy is.
	loser  sync.Side
	named  [2]manifest.Entry // what each side has under the name
	copied [2]manifest.Entry // and under the name of the copy
	why    string
}

func (d *disagreement) waiting() bool { return d.copy == manifest.Root }

// seen is what a look at both sides found, and the sides themselves, for more.
type seen struct {
	sides    [2]store
	trees    [2]*manifest.Tree
	found    []*disagreement
	problems int // parts that could not be read
	close    func() error
}

// disagreements looks at both sides for what they disagree about: at their trees
// for copies and, unless only those are wanted, at what a pass would meet.
func (a *app) disagreements(ctx context.Context, p *pair, flags *conflictFlags) (*seen, error) {
	s := &seen{}
	var plan *sync.Plan
	var err error
	if flags.copies {
		err = s.scan(ctx, a, p)
	} else {
		plan, err = s.plan(ctx, a, p)
	}
	if err != nil {
		if s.close != nil {
			err = errors.Join(err, s.close())
		}
		return nil, err
	}
	for side, tree := range s.trees {
		for _, problem := range tree.Problems() {
			s.problems++
			l := problemLine(sideProblem{sync.Side(side), problem})
			a.talk().say("problem: ", fmt.Sprintf("%s: %s: %s", sync.Side(side), l.path, l.note))
		}
	}
	s.gather(plan)
	return s, nil
}

// scan lists both sides, without what is remembered of the pair.
func (s *seen) scan(ctx context.Context, a *app, p *pair) (err error) {
	s.sides, s.close, err = a.openSides(ctx, p, func(sync.Side) bool { return true })
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for i, side := range s.sides {
		if side == nil {
			continue
		}
		group.Go(func() (err error) {
			s.trees[i], err = side.Scan(ctx, sync.Look{Ignore: p.ignored})
			return err
		})
	}
	return group.Wait()
}

// plan makes a plan, which is not carried out, and keeps the trees that it was
// made of. A rail that would stop the pass does not matter here.
func (s *seen) plan(ctx context.Context, a *app, p *pair) (*sync.Plan, error) {
	var plan *sync.Plan
	var mu stdsync.Mutex
	p.Verify = true // all of the target is wanted
	o := passOptions{dryRun: true, trees: &s.trees, observer: func(ev sync.Event) {
		mu.Lock()
		defer mu.Unlock()
		switch ev := ev.(type) {
		case sync.Planned:
			plan = ev.Plan
		case sync.Noticed:
			a.talk().note("%s", ev.Text)
		}
	}}
	at, err := a.open(ctx, a, p, o)
	if errors.Is(err, manifest.ErrLocked) {
		return nil, &codeError{code: ExitLocked, err: err, hint: "wait for it to end, or look at the copies only with --copies"}
	}
	if err != nil {
		return nil, err
	}
	s.sides, s.close = at.sides, at.close
	_, err = at.engine.Sync(ctx)
	var unsafe *sync.UnsafeError
	if errors.As(err, &unsafe) {
		err = nil
	}
	return plan, err
}

// A spy keeps the last whole tree that its side showed.
type spy struct {
	store
	tree **manifest.Tree
}

// Scan implements [sync.Replica].
func (s *spy) Scan(ctx context.Context, look sync.Look) (*manifest.Tree, error) {
	tree, err := s.store.Scan(ctx, look)
	if err == nil && look.Dirs == nil {
		*s.tree = tree
	}
	return tree, err
}

// gather finds the disagreements in the trees and the plan.
func (s *seen) gather(plan *sync.Plan) {
	known := settledCopies(plan)
	for _, tree := range s.trees {
		for path, e := range tree.All() {
			c, ok := sync.ParseConflictCopy(path)
			if !ok || !e.IsFile() || known[path] {
				continue
			}
			known[path] = true
			s.found = append(s.found, &disagreement{
				path: c.Of, copy: path, loser: c.Side, named: s.at(c.Of), copied: s.at(path), why: madeBy(c),
			})
		}
	}
	if plan != nil {
		for _, c := range plan.Conflicts {
			s.found = append(s.found, &disagreement{
				path: c.Path, loser: c.Loser, named: [2]manifest.Entry{c.Local, c.Remote},
				why: fmt.Sprintf("%s here, %s on the server; a pass: %s", c.LocalChange, c.RemoteChange, settlement(c)),
			})
		}
	}
	slices.SortFunc(s.found, func(a, b *disagreement) int {
		if c := a.path.Compare(b.path); c != 0 {
			return c
		}
		return a.copy.Compare(b.copy)
	})
}

// settledCopies returns the conflict copies that one side has settled: the next
// pass is going to remove or rename them on the other.
func settledCopies(plan *sync.Plan) map[manifest.Path]bool {
	settled := make(map[manifest.Path]bool)
	if plan == nil {
		return settled
	}
	for i := range plan.Actions {
		switch a := &plan.Actions[i]; a.Op {
		case sync.Delete:
			settled[a.Path] = true
		case sync.Rename:
			settled[a.From] = true
		}
	}
	return settled
}

// at returns what the sides have at a path.
func (s *seen) at(p manifest.Path) [2]manifest.Entry {
	return [2]manifest.Entry{s.trees[sync.Local].At(p), s.trees[sync.Remote].At(p)}
}

// madeBy says what made a copy.
func madeBy(c sync.ConflictCopy) string {
	when := ""
	if !c.When.IsZero() {
		when = " of " + c.When.Format("2006-01-02 15:04:05")
	}
	return fmt.Sprintf("both sides had changed, and the %s version%s was set aside", c.Side, when)
}

// diff returns how the two versions differ, or a line that says why that cannot
// be shown.
func (s *seen) diff(ctx context.Context, d *disagreement) (string, error) {
	a, b := version{path: d.path, on: d.named}, version{path: d.copy, on: d.copied}
	if d.waiting() {
		a = version{d.path, [2]manifest.Entry{sync.Local: d.named[sync.Local]}}
		b = version{d.path, [2]manifest.Entry{sync.Remote: d.named[sync.Remote]}}
	}
	textA, why, err := s.read(ctx, a)
	if why != "" || err != nil {
		return why, err
	}
	textB, why, err := s.read(ctx, b)
	if why != "" || err != nil {
		return why, err
	}
	if textA == textB {
		return "  the versions are equal\n", nil
	}
	return unified(s.title(a), s.title(b), textA, textB), nil
}

// A version is what has a name, on the sides where it is there.
type version struct {
	path manifest.Path
	on   [2]manifest.Entry
}

// side returns the side from which a version is read: this one, where it has it.
func (v version) side() sync.Side {
	if v.on[sync.Local].Exists() {
		return sync.Local
	}
	return sync.Remote
}

func (s *seen) title(v version) string {
	return fmt.Sprintf("%s\t(%s, %s)", quoted(v.path), v.side(), describe(v.on[v.side()]))
}

// read returns the text of a version, or why it cannot be shown.
func (s *seen) read(ctx context.Context, v version) (text, why string, err error) {
	side := v.side()
	e := v.on[side]
	switch {
	case !e.IsFile():
		return "", fmt.Sprintf("  no diff: %s: %s\n", quoted(v.path), describe(e)), nil
	case e.Size > diffBytes:
		return "", fmt.Sprintf("  no diff: %s is large\n", quoted(v.path)), nil
	}
	r := s.sides[side].Reader(ctx, []sync.Wanted{{Path: v.path, Entry: e}})
	defer r.Close()
	file, err := r.Open(ctx, 0, 0)
	if err != nil {
		return "", "", fmt.Errorf("reading %s on the %s side: %w", quoted(v.path), side, err)
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err == nil {
		_, err = file.Confirm(ctx)
	}
	if err != nil {
		return "", "", fmt.Errorf("reading %s on the %s side: %w", quoted(v.path), side, err)
	}
	if !isText(string(content)) {
		return "", fmt.Sprintf("  no diff: %s is no text\n", quoted(v.path)), nil
	}
	return string(content), "", nil
}

// cleanText makes a text of several lines fit for a terminal; tabs stay.
func cleanText(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		body, end := strings.TrimSuffix(line, "\n"), strings.HasSuffix(line, "\n")
		for i, part := range strings.Split(body, "\t") {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(clean(part))
		}
		if end {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
