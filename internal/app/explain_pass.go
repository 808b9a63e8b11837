package app

import (
	"context"
	"errors"

	"ferry/manifest"
	"ferry/sync/explain"
)

// ExplainPass tells what is known of a path of a pair, and what a pass would do with it. A
// watch hands the pair over meanwhile.
func (o *Opener) ExplainPass(ctx context.Context, p *Pair, path manifest.Path) (e explain.Explanation, err error) {
	e.Path = path
	if e.Ignored, e.Pattern, err = p.Explain(string(path)); err != nil || e.Ignored {
		return e, err
	}
	giveBack, err := o.TakeOver(ctx, p)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, giveBack()) }()
	only := p.Only
	defer func() { p.Only = only }()
	p.Only, p.Verify = []manifest.Path{path}, true
	if err := o.explain(ctx, p, &e); err != nil || !e.MayMove() {
		return e, err
	}
	p.Only = only
	e = explain.Explanation{Path: e.Path, Pattern: e.Pattern}
	return e, o.explain(ctx, p, &e)
}

// explain makes a dry run of a pass and has e listen to it.
func (o *Opener) explain(ctx context.Context, p *Pair, e *explain.Explanation) error {
	var trees [2]*manifest.Tree
	open, err := o.open(ctx, p, PassOptions{DryRun: true, Observer: e.Observe, trees: &trees})
	if err != nil {
		return err
	}
	_, err = open.Engine.Sync(ctx)
	return errors.Join(e.Finish(trees, open.record, err), open.Close())
}
