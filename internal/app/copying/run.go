package copying

import (
	"context"

	"ferry/internal/app"
	"ferry/sync"
	"ferry/sync/mirror"
)

// Run makes the pass of a copy. Its report is shown as if it went from a local side to a remote
// one: the source comes first.
func Run(ctx context.Context, pass *app.Pass) app.PassResult {
	if pass.Report != nil {
		pass.Report = &report{PassReport: pass.Report}
	}
	result := pass.Run(ctx)
	result.Summary, result.Err = mirror.Summary(result.Summary), mirror.Error(result.Err)
	return result
}

// A report shows the pass of a copy.
type report struct {
	app.PassReport
	mirror mirror.Mirror
}

// Event implements [app.PassReport].
func (r *report) Event(ev sync.Event) { r.PassReport.Event(r.mirror.Event(ev)) }
