package cli

import "context"

// each does work for every pair, one after another, and returns the exit code
// that counts. An error is told with the name of its pair and does not stop the
// others; an interruption does.
func (a *app) each(ctx context.Context, pairs []*pair, work func(context.Context, *pair, passHead) error) int {
	code := ExitOK
	for _, p := range pairs {
		head := p.head(a.common.dryRun, len(pairs) > 1)
		err := work(ctx, p, head)
		if err != nil && ctx.Err() != nil {
			err = interrupted(err)
		}
		if err != nil {
			a.tellFailure(head, err)
			code = worse(code, errorCode(err))
		}
		if ctx.Err() != nil {
			return ExitInterrupted
		}
	}
	return code
}

// tellFailure says what ended the work for a pair, in JSON as well where that is
// asked for, unless all has been said already.
func (a *app) tellFailure(head passHead, err error) {
	if said(err) {
		return
	}
	if a.common.json {
		writeJSONError(a.env.Stdout, head.profile, err)
	}
	a.failPass(head, err)
}
