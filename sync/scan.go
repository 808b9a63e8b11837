package sync

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"ferry/manifest"
	"ferry/sync/compare"
)

// scan lists both sides at the same time; if a push or pull knows what the target
// had, only the source; in a pass with a scope, what the scope names. Whatever else
// the plan touches is listed in decide.
func (p *pass) scan(ctx context.Context) error {
	p.base = p.record
	if p.scope != nil {
		return p.scanScope(ctx)
	}
	if p.scansSourceOnly() {
		return p.scanSource(ctx)
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(p.opts.Workers)
	for _, s := range [...]Side{Local, Remote} {
		group.Go(func() (err error) {
			p.trees[s], err = p.scanSide(gctx, s, nil)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if p.opts.DryRun {
		return nil // the samples cost downloads
	}
	return p.acceptShift(ctx)
}

// scanSide lists one side, or the direct entries of some of its directories if
// dirs is not nil.
func (p *pass) scanSide(ctx context.Context, s Side, dirs []manifest.Path) (*manifest.Tree, error) {
	start := p.opts.Now()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if p.roots[s].Kind == manifest.None {
		return &manifest.Tree{}, nil
	}
	tree, err := p.sides[s].Scan(ctx, p.look(s, dirs))
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", p.roots[s].Where, err)
	}
	ev := Scanned{Side: s, Problems: p.asked(tree.Problems())}
	for path, e := range tree.All() {
		p.noteCopy(path, e)
		if e.IsDir() {
			ev.Dirs++
		} else {
			ev.Files++
		}
	}
	p.collector.Expect(tree.Len())
	ev.Duration = p.opts.Now().Sub(start)
	p.mu.Lock()
	p.sum.countProblems(s, ev.Problems)
	p.mu.Unlock()
	p.tell(ev)
	return tree, nil
}

// countProblems counts what could not be read of a side. Local names that FTP cannot carry
// are skipped like special files; a server's may be a listing that was not understood.
func (s *Summary) countProblems(side Side, problems []manifest.Problem) {
	for _, p := range problems {
		if side == Local && p.Unnameable() {
			s.Skipped++
		} else {
			s.Problems++
		}
	}
}

func (p *pass) look(s Side, dirs []manifest.Path) Look {
	return Look{
		Dirs:   dirs,
		Ignore: func(path manifest.Path, dir bool) bool { return p.ignored(path, dir) || p.outside(s, path) },
		// What was mounted below the root is gone on purpose, like all that a root held.
		AnyDevice: p.opts.Limits.AcceptEmpty,
		Past: func(path manifest.Path) manifest.Entry {
			pair, _ := p.record.At(path)
			return entryOn(pair, s)
		},
		PastPaths: func() iter.Seq[manifest.Path] {
			return func(yield func(manifest.Path) bool) {
				for path, pair := range p.record.Below(manifest.Root) {
					if entryOn(pair, s).Exists() && !yield(path) {
						return
					}
				}
			}
		},
		HadChildren: func(dir manifest.Path) bool {
			for range p.record.Below(dir) {
				return true
			}
			return false
		},
		MaxEntries: p.opts.Limits.MaxEntries,
	}
}

// scansSourceOnly reports whether the target need not be listed as a whole, but
// only the directories that this pass touches.
func (p *pass) scansSourceOnly() bool {
	return p.policy.Direction != Both && !p.opts.Verify && !p.opts.Blind && !p.policy.Exact && !p.policy.Checksum && p.record.Len() > 0
}

// scanSource lists the source and the root of the target, which shows whether the
// target is still what it was. The rest of the target's tree is taken from the base.
func (p *pass) scanSource(ctx context.Context) error {
	dst := p.policy.Direction.target()
	src := dst.Other()
	var root *manifest.Tree
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(p.opts.Workers)
	group.Go(func() (err error) {
		p.trees[src], err = p.scanSide(gctx, src, nil)
		return err
	})
	group.Go(func() (err error) {
		root, err = p.scanSide(gctx, dst, []manifest.Path{manifest.Root})
		return err
	})
	if err := group.Wait(); err != nil {
		return err
	}
	p.trees[dst] = p.treeBelowRoot(dst, root)
	p.listed = [2]map[manifest.Path]bool{{}, {}}
	p.listed[dst][manifest.Root] = true
	p.everything[src] = true
	var want [2][]manifest.Path
	want[dst] = append(p.dirsOfWaiting(dst), p.replacedDirs(dst, root.All())...)
	for len(want[dst]) > 0 {
		if err := p.list(ctx, want); err != nil {
			return err
		}
		var more []manifest.Path
		for _, dir := range want[dst] {
			more = append(more, p.replacedDirs(dst, p.trees[dst].Below(dir))...)
		}
		want[dst] = more
	}
	return nil
}

// replacedDirs returns the directories among entries of side s that stand where the base
// has another one, and that were not listed. What the base has below them is no longer
// known to be there.
func (p *pass) replacedDirs(s Side, entries iter.Seq2[manifest.Path, manifest.Entry]) (dirs []manifest.Path) {
	for path, e := range entries {
		if !e.IsDir() || p.listed[s][path] {
			continue
		}
		if pair, _ := p.base.At(path); entryOn(pair, s).IsDir() && p.isNew(s, path, e) {
			dirs = append(dirs, path)
		}
	}
	return dirs
}

// treeBelowRoot returns the tree of side s as the base has it, without what is ignored
// now, below the direct entries of a root that was listed.
func (p *pass) treeBelowRoot(s Side, root *manifest.Tree) *manifest.Tree {
	var b manifest.Builder
	dirs := 0
	add := func(path manifest.Path, e manifest.Entry) {
		b.Add(path, e)
		if e.IsDir() {
			dirs++
		}
	}
	// The entries are added in their order, because to sort a large tree takes longer
	// than to build it.
	next, stop := iter.Pull2(root.All())
	defer stop()
	top, topEntry, more := next()
	for path, pair := range p.record.All() {
		for ; more && top.Compare(path) <= 0; top, topEntry, more = next() {
			add(top, topEntry)
		}
		first, _, below := strings.Cut(string(path), "/")
		if !below || root.Known(manifest.Path(first)) && !root.At(manifest.Path(first)).IsDir() {
			continue
		}
		if e := entryOn(pair, s); !p.opts.Only.Hides(path) && (p.opts.Ignore == nil || !p.opts.Ignore(path, e.IsDir())) {
			add(path, e)
		}
	}
	for ; more; top, topEntry, more = next() {
		add(top, topEntry)
	}
	for _, q := range root.Problems() {
		if q.Name != "" {
			b.Skip(q.Path, q.Name, q.Why)
		} else {
			b.Unknown(q.Path, q.Why)
		}
	}
	p.dirsBelowRoot = dirs
	return b.Tree()
}

// countUnlisted counts the directories of the target that a push or a pull did not look
// into.
func (p *pass) countUnlisted() {
	if p.dirsBelowRoot == 0 {
		return
	}
	dst := p.policy.Direction.target()
	p.sum.NotListed = p.dirsBelowRoot
	for dir := range p.listed[dst] {
		if dir != manifest.Root {
			p.sum.NotListed--
		}
	}
	p.sum.NotListed = max(0, p.sum.NotListed) // directories may have been found on the way
}

// touchedDirs returns the directories of side s that the plan changes, removes,
// renames or reads from, by their names before the renames of the plan.
func (p *pass) touchedDirs(s Side) []manifest.Path {
	seen := make(map[manifest.Path]bool)
	var moves []Action // of this side, so far
	add := func(dir manifest.Path) {
		for _, m := range slices.Backward(moves) {
			if dir.Within(m.Path) {
				dir = dir.Rebase(m.Path, m.From)
			}
		}
		if dir == manifest.Root || p.trees[s].At(dir).IsDir() {
			seen[dir] = true
		}
	}
	for _, a := range p.plan.Actions.All() {
		switch {
		case a.stage() == stageRecord:
		case a.Side != s:
			if a.Op != Mkdir && a.Op != Rename && a.Op != SetAside {
				add(a.Path.Parent())
			}
		default:
			add(a.Path.Parent())
			if a.From != manifest.Root {
				add(a.From.Parent())
			}
			if a.Op == Rmdir || a.Op == Mkdir {
				add(a.Path)
			}
			if a.Op == Rename {
				moves = append(moves, *a)
			}
		}
	}
	for _, c := range p.plan.Conflicts {
		add(c.Path.Parent())
	}
	return sortedPaths(seen)
}

// decide makes the plan again and again until it touches nothing that was not
// listed.
func (p *pass) decide(ctx context.Context) error {
	for {
		if err := p.reconcile(ctx); err != nil {
			return err
		}
		if more, err := p.expandScope(ctx); err != nil || !more {
			return err
		}
	}
}

// reconcile makes the plan and answers its questions until none is left. A dry run
// does not answer questions that would cost a download, but shows them as
// comparisons.
func (p *pass) reconcile(ctx context.Context) error {
	for {
		p.plan = Reconcile(p.base, p.trees[Local], p.trees[Remote], p.policy)
		if p.plan.AskCase != [2]bool{} {
			if err := p.askCases(ctx); err != nil {
				return err
			}
			continue
		}
		if p.plan.asksLinks() {
			if err := p.askLinks(ctx); err != nil {
				return err
			}
			continue
		}
		asked, err := p.ask(ctx)
		if err != nil {
			return err
		}
		if asked == 0 {
			p.showComparisons()
			return nil
		}
		p.plan = nil // the next one needs the memory
	}
}

// askedAtOnce is how many questions are answered before their answers are put into the trees.
const askedAtOnce = 1 << 16

// ask answers the questions of the plan, and returns how many there were.
func (p *pass) ask(ctx context.Context) (n int, err error) {
	count := compare.Count{Apart: p.opts.LocalIsServer}
	for _, q := range p.plan.Questions.All() {
		if p.asks(q) {
			count.Add(p.question(*q))
		}
	}
	soFar := count.Total
	var group []Question
	for _, q := range p.plan.Questions.All() {
		if !p.asks(q) {
			continue
		}
		if len(group) >= askedAtOnce && q.Path != group[len(group)-1].Path { // both sides of a file are asked together
			if err := p.answerQuestions(ctx, group, &soFar); err != nil {
				return n, err
			}
			group = nil
		}
		group, n = append(group, *q), n+1
	}
	if n == 0 {
		return 0, nil
	}
	return n, p.answerQuestions(ctx, group, &soFar)
}

// asks reports whether a question is answered: a dry run downloads nothing to compare it.
func (p *pass) asks(q *Question) bool {
	return !p.opts.DryRun || p.opts.Compare || q.Side == Local && !p.opts.LocalIsServer || q.HashOnly
}

func (p *pass) showComparisons() {
	if p.policy.untold != nil {
		for path := range p.policy.untold.paths {
			if _, based := p.base.At(path); based {
				p.plan.NotCompared++
			}
		}
	}
	var shown manifest.Path
	for i, q := range p.plan.Questions.All() {
		if i > 0 && q.Path == shown { // the other side of that file
			continue
		}
		shown = q.Path
		why, local, remote := q.Why, Created, Created
		switch {
		case why == "":
			why = "equal sizes: the contents are compared first"
		case q.Side == Remote:
			local, remote = NoChange, Renamed
		}
		l, r := p.trees[Local].At(q.Path), p.trees[Remote].At(q.Path)
		p.plan.Actions.Add(-1, Action{Op: Compare, Side: Local, Path: q.Path, Size: p.trees[q.Side].At(q.Path).Size,
			Local: l, Remote: r, LocalChange: local, RemoteChange: remote, Why: why})
	}
}
