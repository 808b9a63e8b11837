package report

import (
	"time"

	"ferry/internal/text"
	"ferry/sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// bars draw the progress of a pass on a terminal: a spinner while nothing can be counted,
// then one bar for everything and one for each large file under way. A nil *bars draws
// nothing.
type bars struct {
	o      Options
	screen *Screen
	now    func() time.Time
	wait   *spinner
	mpb    *mpb.Progress // nil: no bar is drawn yet

	all   *mpb.Bar
	files map[*sync.Action]*mpb.Bar
	sent  map[*sync.Action]int64

	pace pace
}

const (
	// actionWeight is what an action counts in the bar for everything besides its
	// bytes, so that thousands of empty files move it too.
	actionWeight = 8 << 10
	// largeFile is the size from which a file gets a bar of its own, and
	// mostFileBars how many there are at most.
	largeFile    = 1 << 20
	mostFileBars = 8
)

// newBars begins to draw on the terminal. waiting says what is waited for until there is
// a plan.
func newBars(o Options, waiting func() string) *bars {
	return &bars{
		o:      o,
		screen: o.Screen,
		now:    o.Now,
		wait:   newSpinner(o.Screen, o.Terminal, o.Width, waiting),
		files:  make(map[*sync.Action]*mpb.Bar),
		sent:   make(map[*sync.Action]int64),
	}
}

// barWidth returns the columns of a bar on a terminal of width columns.
func barWidth(width int) int { return min(max(width/5, 10), 30) }

// nameWidth returns the columns for the name of a file beside the arrow, a short bar and the
// per cent, on a terminal of width columns.
func nameWidth(width int) int {
	return min(max(width-len("----> ")-len(" [====------] ")-len(" 100 %"), 8), 30)
}

func (b *bars) event(ev sync.Event) {
	if b == nil {
		return
	}
	b.pace.observe(ev, b.now())
	switch ev := ev.(type) {
	case sync.Planned:
		b.planned()
	case sync.Started:
		b.started(ev.Action)
	case sync.Progress:
		b.progress(ev)
	case sync.Finished:
		b.finished(ev.Action)
	case sync.Refused:
		b.finished(ev.Action)
	}
}

func (b *bars) planned() {
	b.wait.close()
	_, total := b.pace.meter.Count()
	if total.Actions == 0 {
		return
	}
	if b.mpb == nil {
		b.mpb = mpb.New(mpb.WithOutput(b.o.Terminal), mpb.WithWidth(barWidth(b.o.Width)), mpb.ForceTTY(), mpb.WithQueueLen(mostFileBars+4))
		b.screen.drawAbove(b.mpb)
	}
	if b.all != nil { // a second plan of the same pass
		b.all.Abort(true)
	}
	b.all = b.mpb.AddBar(total.Bytes+int64(total.Actions)*actionWeight,
		mpb.BarRemoveOnComplete(), mpb.BarPriority(1<<20),
		mpb.PrependDecorators(decor.Any(func(s decor.Statistics) string { return b.pace.textIn(b.now(), s.AvailableWidth) })),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { at, _ := b.pace.at(b.now()); return at.short() })))
}

func (b *bars) started(a *sync.Action) {
	if b.all == nil || a.Size < largeFile || len(b.files) >= mostFileBars || b.files[a] != nil {
		return
	}
	arrow := toLocal
	if a.Side == sync.Remote {
		arrow = toRemote
	}
	name := text.Clean(a.Path.Base())
	b.files[a] = b.mpb.AddBar(a.Size, mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Any(func(s decor.Statistics) string {
			width := nameWidth(s.AvailableWidth)
			return arrow + " " + pad(elide(name, width), width)
		})),
		mpb.AppendDecorators(decor.Percentage(decor.WCSyncSpace)))
}

func (b *bars) progress(ev sync.Progress) {
	if b.all == nil {
		return
	}
	b.all.IncrInt64(ev.N)
	b.sent[ev.Action] += ev.N
	if bar := b.files[ev.Action]; bar != nil {
		bar.IncrInt64(ev.N)
	}
}

// finished counts the action as done, with the bytes that it did not have to send,
// and removes its bar.
func (b *bars) finished(a *sync.Action) {
	if b.all == nil {
		return
	}
	rest := int64(0)
	if a.Op == sync.Upload || a.Op == sync.Download {
		rest = max(a.Size-b.sent[a], 0)
	}
	delete(b.sent, a)
	b.all.IncrInt64(actionWeight + rest)
	if bar := b.files[a]; bar != nil {
		bar.Abort(true)
		delete(b.files, a)
	}
}

// close removes all bars. Lines go straight to the terminal from then on.
func (b *bars) close() {
	if b == nil {
		return
	}
	b.wait.close()
	if b.mpb == nil {
		return
	}
	for _, bar := range b.files {
		bar.Abort(true)
	}
	if b.all != nil {
		b.all.Abort(true)
	}
	b.mpb.Wait()
	b.screen.drawAbove(nil)
}
