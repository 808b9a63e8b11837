package copying

import (
	"context"

	"ferry/internal/app"
	"ferry/internal/text"
	"ferry/sync"
	"ferry/sync/mirror"

	"github.com/dustin/go-humanize"
)

// Run makes the pass of a copy. Its report is shown as if it went from a local side to a remote
// one: the source comes first.
func Run(ctx context.Context, pass *app.Pass) app.PassResult {
	if pass.Report != nil {
		pass.Report = &report{PassReport: pass.Report}
	}
	result := pass.Run(ctx)
	if files, bytes := pass.Pair.SentDirectly(); files > 0 {
		pass.Opener.Talk.Note("%s (%s) went directly from server to server", text.Count(files, "file"), humanize.Bytes(uint64(bytes)))
	}
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
