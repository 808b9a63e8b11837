package report

import (
	"fmt"
	"sync/atomic"

	"ferry/internal/deploy"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// A deployBar shows on a terminal how much of a release is on the server. A nil one draws
// nothing.
type deployBar struct {
	screen *Screen
	mpb    *mpb.Progress
	bar    *mpb.Bar
	files  int
	done   atomic.Int64
}

// newDeployBar begins to draw, nil where nothing is to be uploaded.
func newDeployBar(o Options, plan *deploy.Plan) *deployBar {
	if len(plan.Stage) == 0 {
		return nil
	}
	total := int64(len(plan.Stage)) * actionWeight
	for _, i := range plan.Stage {
		total += plan.Release.Changes[i].Is.Size
	}
	b := &deployBar{screen: o.Screen, files: len(plan.Stage)}
	b.mpb = mpb.New(mpb.WithOutput(o.Terminal), mpb.WithWidth(barWidth(o.Width)), mpb.ForceTTY())
	o.Screen.drawAbove(b.mpb)
	b.bar = b.mpb.AddBar(total, mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return fmt.Sprintf("staging %d/%d", b.done.Load(), b.files) })),
		mpb.AppendDecorators(decor.AverageETA(decor.ET_STYLE_GO)))
	return b
}

// staged says that a file is on the server.
func (b *deployBar) staged(done int, size int64) {
	if b != nil {
		b.done.Store(int64(done))
		b.bar.IncrInt64(actionWeight + size)
	}
}

// end removes the bar.
func (b *deployBar) end() {
	if b == nil || b.mpb == nil {
		return
	}
	b.bar.Abort(true)
	b.mpb.Wait()
	b.screen.drawAbove(nil)
	b.mpb = nil
}
