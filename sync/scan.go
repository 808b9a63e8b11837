package sync

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"ferry/manifest"
)

// scan lists both sides at once, or, where a push or pull knows what the target
// held, only the source: see narrow.
func (p *pass) scan(ctx context.Context) error {
	if p.narrows() {
		return p.scanNarrow(ctx)
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
	return p.settleShift(ctx)
}

// scanSide lists one side, or the direct entries of some of its directories.
func (p *pass) scanSide(ctx context.Context, s Side, dirs []manifest.Path) (*manifest.Tree, error) {
	start := p.opts.Now()
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
		Past: func(path manifest.Path) manifest.Entry {
			pair, _ := p.record.At(path)
			return half(pair, s)
		},
		HadChildren: func(dir manifest.Path) bool {
			for range p.record.Below(dir) {
				return true
			}
			return false
		},
	}
}

// narrows reports whether only the directories of the target that this pass
// touches need be listed.
func (p *pass) narrows() bool {
	return p.policy.Direction != Both && !p.opts.Verify && !p.policy.Exact && p.record.Len() > 0
}

func (p *pass) target() Side {
	if p.policy.Direction == Pull {
		return Local
	}
	return Remote
}

// scanNarrow lists the source, takes the base's word for the target, and lists
// those directories of the target that the plan would touch, until the plan
// touches no others.
func (p *pass) scanNarrow(ctx context.Context) error {
	dst := p.target()
	src := dst.Other()
	tree, err := p.scanSide(ctx, src, nil)
	if err != nil {
		return err
	}
	p.trees[src], p.trees[dst] = tree, p.remembered(dst)
	listed := make(map[manifest.Path]bool)
	for {
		if err := p.decide(ctx); err != nil {
			return err
		}
		var dirs []manifest.Path
		for _, dir := range p.touched(dst) {
			if !listed[dir] {
				listed[dir] = true
				dirs = append(dirs, dir)
			}
		}
		if len(dirs) == 0 {
			return nil
		}
		fresh, err := p.scanSide(ctx, dst, dirs)
		if err != nil {
			return err
		}
		p.trees[dst] = p.trees[dst].Graft(dirs, fresh)
	}
}

// remembered returns the tree of side s as the base has it, without what is
// ignored by now.
func (p *pass) remembered(s Side) *manifest.Tree {
	var b manifest.Builder
	for path, pair := range p.record.All() {
		e := half(pair, s)
		if p.opts.Ignore == nil || !p.opts.Ignore(path, e.IsDir()) {
			b.Add(path, e)
		}
	}
	return b.Tree()
}

// touched returns the directories of side s that the plan changes, or takes for
// what they were when it removes or renames them.
func (p *pass) touched(s Side) []manifest.Path {
	seen := make(map[manifest.Path]bool)
	add := func(dir manifest.Path) {
		if dir == manifest.Root || p.trees[s].At(dir).IsDir() {
			seen[dir] = true
		}
	}
	for _, a := range p.plan.Actions {
		if a.stage() == stageRecord {
			continue
		}
		add(a.Path.Parent())
		if a.From != manifest.Root {
			add(a.From.Parent())
		}
		if a.Op == Rmdir || a.Op == Mkdir {
			add(a.Path)
		}
	}
	for _, c := range p.plan.Conflicts {
		add(c.Path.Parent())
	}
	dirs := make([]manifest.Path, 0, len(seen))
	for dir := range seen {
		dirs = append(dirs, dir)
	}
	slices.SortFunc(dirs, manifest.Path.Compare)
	return dirs
}

// decide reconciles until no question is left open. A dry run leaves those open
// that would cost a download, and shows them as comparisons.
func (p *pass) decide(ctx context.Context) error {
	for {
		p.plan = Reconcile(p.record, p.trees[Local], p.trees[Remote], p.policy)
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
		if err := p.answer(ctx, asked); err != nil {
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
