package report

import (
	"fmt"
	stdsync "sync"
	"time"

	"ferry/internal/deploy"
	"ferry/sync/meter"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// A deployBar shows how much of a release is on the server: as a bar on a terminal, or in
// lines of text. A nil one shows nothing.
type deployBar struct {
	screen *Screen
	mpb    *mpb.Progress // nil: no bar is drawn
	bar    *mpb.Bar
	lines  *progressLines
	now    func() time.Time
	began  time.Time
	total  meter.Work

	mu   stdsync.Mutex
	done meter.Work
}

// newDeployBar begins to show the progress of staging bytes, nil where nothing is to be uploaded or nobody
// wants to see it.
func newDeployBar(o Options, plan *deploy.Plan, bytes int64) *deployBar {
	if len(plan.Stage) == 0 || o.Terminal == nil && !o.Lines {
		return nil
	}
	b := &deployBar{screen: o.Screen, now: o.Now, began: o.Now(), total: meter.Work{Actions: len(plan.Stage), Bytes: bytes}}
	if o.Terminal == nil {
		b.lines = newProgressLines(o.Talk, func() string { return "staging: " + b.progress().line() })
		return b
	}
	b.mpb = mpb.New(mpb.WithOutput(o.Terminal), mpb.WithWidth(barWidth(o.Width)), mpb.ForceTTY())
	o.Screen.drawAbove(b.mpb)
	b.bar = b.mpb.AddBar(int64(weight(b.total)), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string {
			return fmt.Sprintf("staging %d/%d", b.progress().done.Actions, b.total.Actions)
		})),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return b.progress().short() })))
	return b
}

func (b *deployBar) progress() progress {
	b.mu.Lock()
	defer b.mu.Unlock()
	return progress{b.done, b.total, b.now().Sub(b.began)}
}

// staged says that a file is on the server.
func (b *deployBar) staged(done int, size int64) {
	if b == nil {
		return
	}
	b.mu.Lock()
	b.done.Actions = done
	b.done.Bytes += size
	b.mu.Unlock()
	if b.bar != nil {
		b.bar.IncrInt64(actionWeight + size)
	}
}

// end removes the bar.
func (b *deployBar) end() {
	if b == nil {
		return
	}
	b.lines.close()
	if b.mpb == nil {
		return
	}
	b.bar.Abort(true)
	b.mpb.Wait()
	b.screen.drawAbove(nil)
	b.mpb = nil
}
