package sync

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/manifest"
	"ferry/sync/namecase"
)

// An OtherCase is a name that a side has, and the same name in the other case.
type OtherCase struct {
	Path  manifest.Path
	Entry manifest.Entry
	Other string // the last component of Path in the other case, which no listing shows
}

// ErrNoAnswer means that a side could not tell. It is no reason to end a pass.
var ErrNoAnswer = errors.New("the side could not tell")

// caseNames is how many names are asked for. Several are safer than one: a name in the
// other case may exist and be ignored.
const caseNames = 3

// askCases finds out of both sides what the plan must know of them.
func (p *pass) askCases(ctx context.Context) error {
	for _, s := range [...]Side{Local, Remote} {
		if p.plan.AskCase[s] {
			if err := p.askCase(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// askCase finds out whether side s tells upper and lower case apart.
func (p *pass) askCase(ctx context.Context, s Side) error {
	if p.folding[s] == namecase.NotAsked {
		f, err := p.foldingOf(ctx, s)
		if err != nil {
			return fmt.Errorf("asking for names in another case: %w", err)
		}
		p.opts.Log.Debug("asked for names in another case", "side", s, "folding", f)
		switch {
		case f != namecase.CannotTellCase:
			p.folding[s] = f
		case p.opts.DryRun:
			p.policy.Folding[s] = namecase.TellsCaseApart // the plan shows what would be tried
			return nil
		default:
			// This pass carries over one of several names that may be the same. With that
			// name the side can be asked in the next one.
			p.policy.Folding[s], p.askCaseAgain = namecase.CannotTellCase, true
			return nil
		}
	}
	p.policy.Folding[s] = p.folding[s]
	return nil
}

func (p *pass) foldingOf(ctx context.Context, s Side) (namecase.Folding, error) {
	ask := func(ascii bool) (folds, known bool, err error) {
		names := p.namesToAsk(s, ascii)
		if len(names) == 0 {
			return false, false, nil
		}
		folds, err = p.sides[s].SameInOtherCase(ctx, names)
		if errors.Is(err, ErrNoAnswer) {
			return false, false, nil
		}
		return folds, err == nil, err
	}
	folds, known, err := ask(true)
	if err != nil || known && !folds {
		return namecase.TellsCaseApart, err
	}
	foldsAll, knownAll, err := ask(false)
	switch {
	case err != nil:
		return namecase.NotAsked, err
	case knownAll && foldsAll, known && !knownAll:
		return namecase.FoldsCase, nil
	case known:
		return namecase.FoldsASCII, nil
	}
	return namecase.CannotTellCase, nil
}

// namesToAsk returns a few names of side s that could be spelled in another case, files
// first: every server can be asked for one.
func (p *pass) namesToAsk(s Side, ascii bool) []OtherCase {
	var files, dirs []OtherCase
	for path, e := range p.trees[s].All() {
		other := manifest.OtherCase(path.Base(), ascii)
		if other == path.Base() || !p.trees[s].Known(path) || p.trees[s].At(path.Parent().Join(other)).Exists() {
			continue
		}
		switch one := (OtherCase{path, e, other}); {
		case e.IsFile():
			files = append(files, one)
		case e.IsDir() && len(dirs) < caseNames:
			dirs = append(dirs, one)
		}
		if len(files) == caseNames {
			break
		}
	}
	if len(files) > 0 {
		return files
	}
	return dirs
}

// tellTwins reports the names that are left alone because of their case, unless the
// second half of the pass may still carry them over.
func (p *pass) tellTwins() {
	if p.askCaseAgain && !p.policy.secondHalf {
		return
	}
	for s, twins := range p.plan.Twins {
		if len(twins) > 0 {
			p.sum.Problems += len(twins)
			p.sum.Twins += len(twins)
			p.sum.Skipped += len(twins)
			p.tell(Doubted{Side: Side(s), Problems: twins})
		}
	}
}

// isInOtherCase reports whether side s shows path with one of its names in another case alone, and
// takes the two for one name. So it finds path although its listing does not have it.
func (p *pass) isInOtherCase(s Side, path manifest.Path) bool {
	f := p.policy.Folding[s]
	if !f.Folds() {
		return false
	}
	at := manifest.Root
	for name := range strings.SplitSeq(string(path), "/") {
		next := at.Join(name)
		if !p.trees[s].At(next).Exists() {
			if next = p.inOtherCase(s, at, f.Key(name)); next == manifest.Root {
				return false // the name is nowhere, so what was found is another thing
			}
		}
		at = next
	}
	return at != path
}

// inOtherCase returns what side s shows in dir under a name with this key; [manifest.Root]: nothing.
func (p *pass) inOtherCase(s Side, dir manifest.Path, key string) manifest.Path {
	for q := range p.trees[s].Below(dir) {
		if q.Parent() == dir && p.policy.Folding[s].Key(q.Base()) == key {
			return q
		}
	}
	return manifest.Root
}
