package cli

import (
	"context"

	"ferry/internal/app"
	"ferry/internal/report"
)

// explainStatus says what is known of a path of each pair, and what a pass would do with
// it.
func (prog *program) explainStatus(ctx context.Context, pairs []*app.Pair, typed string) error {
	return exit(prog.each(ctx, pairs, func(ctx context.Context, p *app.Pair, head report.Head) error {
		path, err := prog.workspace().PathBelow(p, typed)
		if err != nil {
			return err
		}
		found, err := prog.opener().ExplainPass(ctx, p, path)
		if err != nil {
			return err
		}
		if prog.common.json {
			report.WriteJSON(prog.env.Stdout, report.NewExplanationLine(head.Profile, found))
			return nil
		}
		if head.Titled {
			prog.sayHead(head)
		}
		report.WriteExplanation(prog.env.Stdout, found)
		return nil
	}))
}
