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
	p.Only, p.Verify = []manifest.Path{path}, true
	var trees [2]*manifest.Tree
	open, err := o.open(ctx, p, PassOptions{DryRun: true, Observer: e.Observe, trees: &trees})
	if err != nil {
		return e, err
	}
	_, err = open.Engine.Sync(ctx)
	return e, errors.Join(e.Finish(trees, open.record, err), open.Close())
}
