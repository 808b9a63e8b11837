package sync

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"ferry/manifest"
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
	ev := Scanned{Side: s, Problems: tree.Problems()}
	for _, e := range tree.All() {
		if e.IsDir() {
			ev.Dirs++
		} else {
			ev.Files++
		}
	}
	ev.Duration = p.opts.Now().Sub(start)
	p.mu.Lock()
	p.sum.Problems += len(ev.Problems)
	p.mu.Unlock()
	p.tell(ev)
	return tree, nil
}

func (p *pass) look(s Side, dirs []manifest.Path) Look {
	return Look{
		Dirs:   dirs,
		Ignore: p.opts.Ignore,
		// What was mounted below the root is gone on purpose, like all that a root held.
		AnyDevice: p.opts.Limits.AcceptEmpty,
		Past: func(path manifest.Path) manifest.Entry {
			pair, _ := p.record.At(path)
			return entryOn(pair, s)
		},
		HadChildren: func(dir manifest.Path) bool {
			for range p.record.Below(dir) {
				return true
			}
			return false
		},
	}
}

// scansSourceOnly reports whether the target need not be listed as a whole, but
// only the directories that this pass touches.
func (p *pass) scansSourceOnly() bool {
	return p.policy.Direction != Both && !p.opts.Verify && !p.policy.Exact && p.record.Len() > 0
}

// scanSource lists the source and takes the tree of the target from the base.
func (p *pass) scanSource(ctx context.Context) error {
	dst := p.policy.Direction.target()
	src := dst.Other()
	tree, err := p.scanSide(ctx, src, nil)
	if err != nil {
		return err
	}
	p.trees[src], p.trees[dst] = tree, p.treeFromBase(dst)
	p.listed = [2]map[manifest.Path]bool{{}, {}}
	p.everything[src] = true
	return nil
}

// treeFromBase returns the tree of side s as the base has it, without what is
// ignored now.
func (p *pass) treeFromBase(s Side) *manifest.Tree {
	var b manifest.Builder
	for path, pair := range p.record.All() {
		e := entryOn(pair, s)
		if p.opts.Ignore == nil || !p.opts.Ignore(path, e.IsDir()) {
			b.Add(path, e)
		}
	}
	return b.Tree()
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
	for _, a := range p.plan.Actions {
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
				moves = append(moves, a)
			}
		}
	}
	for _, c := range p.plan.Conflicts {
		add(c.Path.Parent())
	}
	return slices.SortedFunc(maps.Keys(seen), manifest.Path.Compare)
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
		var asked []Question
		for _, q := range p.plan.Questions {
			if !p.opts.DryRun || q.Side == Local {
				asked = append(asked, q)
			}
		}
		if len(asked) == 0 {
			p.showComparisons()
			return nil
		}
		if err := p.answerQuestions(ctx, asked); err != nil {
			return err
		}
	}
}

func (p *pass) showComparisons() {
	for _, q := range p.plan.Questions {
		l, r := p.trees[Local].At(q.Path), p.trees[Remote].At(q.Path)
		p.plan.Actions = append(p.plan.Actions, Action{Op: Compare, Side: Local, Path: q.Path, Size: r.Size,
			Local: l, Remote: r, LocalChange: Created, RemoteChange: Created, Why: "equal sizes: the contents are compared first"})
	}
}
