package copying

import (
	"context"

	"ferry/internal/app"
	"ferry/internal/text"

	"github.com/dustin/go-humanize"
)

// Run makes the pass of a copy, and tells how much went directly.
func Run(ctx context.Context, pass *app.Pass) app.PassResult {
	result := pass.Run(ctx)
	if files, bytes := pass.Pair.Link.Sent(); files > 0 {
		pass.Opener.Talk.Note("%s (%s) went directly from server to server", text.Count(files, "file"), humanize.Bytes(uint64(bytes)))
	}
	return result
}
