package sync

import (
	"context"
	"fmt"

	"ferry/manifest"
	"ferry/sync/compare"
)

// answerQuestions finds out the contents that a plan asks for and puts their checksums
// into the trees. What cannot be read is unknown from then on. soFar is how far the answers to all
// questions of the plan have come.
func (p *pass) answerQuestions(ctx context.Context, questions []Question, soFar *compare.Progress) error {
	answers, err := p.contents(ctx, questions, soFar)
	if err != nil {
		return err
	}
	var unreadable [2]manifest.Builder
	for i, q := range questions {
		switch {
		case answers[i].Untold:
			p.noteUntold(q)
			continue
		case answers[i].Err != nil:
			unreadable[q.Side].Unknown(q.Path, fmt.Sprintf("its content could not be read: %v", answers[i].Err))
			continue
		}
		entry := p.trees[q.Side].At(q.Path)
		entry.Sum = answers[i].Sum
		switch {
		case answers[i].Claimed:
			entry.Changed = claimedContent // later passes compare it
		case q.Side == Remote && isMarked(entry):
			entry.Changed = 0
		}
		p.trees[q.Side].Put(q.Path, entry)
	}
	for s := range unreadable { // all of a side at once, since that copies its tree
		p.addProblems(Side(s), unreadable[s].Tree())
	}
	return nil
}

func (p *pass) question(q Question) compare.Question {
	return compare.Question{Wanted: Wanted{Path: q.Path, Entry: p.trees[q.Side].At(q.Path)}, Side: int(q.Side), HashOnly: q.HashOnly}
}

// contents answers questions, which may be a part of those whose progress is soFar. An error
// ends the pass.
func (p *pass) contents(ctx context.Context, questions []Question, soFar *compare.Progress) ([]compare.Answer, error) {
	question := func(i int) compare.Question { return p.question(questions[i]) }
	var now compare.Progress
	before := *soFar
	asker := compare.Asker{Sides: [2]compare.Side{p.sides[Local], p.sides[Remote]}, Workers: p.opts.Workers, Apart: p.opts.LocalIsServer,
		Claims: p.record.Len() == 0 && p.scope == nil && !p.opts.DryRun && !p.policy.Checksum && p.policy.Direction == Both,
		Tell: func(to compare.Progress) {
			now, *soFar = to, before.Plus(to)
			p.tell(Comparing{*soFar})
		}}
	answers, err := asker.Answer(ctx, len(questions), question)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sum.BytesDown += now.Read // downloaded only to be compared
	p.sum.ByHash += now.ByHash
	return answers, err
}

// noteUntold notes that the side tells no hash for the file of a question.
func (p *pass) noteUntold(q Question) {
	if p.policy.untold == nil {
		p.policy.untold = &pathSet{make(map[manifest.Path]bool)}
	}
	p.policy.untold.paths[q.Path] = true
}

// addProblems adds the unknown paths of bad to the tree of side s.
func (p *pass) addProblems(s Side, bad *manifest.Tree) {
	if len(bad.Problems()) == 0 {
		return
	}
	p.trees[s] = p.trees[s].Graft(nil, bad)
	p.sum.countProblems(s, bad.Problems())
	p.tell(Doubted{Side: s, Problems: bad.Problems()})
}
