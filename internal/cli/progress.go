package cli

import (
	"fmt"
	"io"
	stdsync "sync"
	"time"

	"ferry/internal/daemon"
	"ferry/sync"

	"github.com/dustin/go-humanize"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// bars draw the progress of a pass on a terminal: a spinner while both sides
// are looked at, then one bar for everything and one for each large file on its
// way. A nil *bars draws nothing.
type bars struct {
	screen *screen
	now    func() time.Time
	mpb    *mpb.Progress

	look  *mpb.Bar
	all   *mpb.Bar
	files map[*sync.Action]*mpb.Bar
	sent  map[*sync.Action]int64

	pace pace
}

// A pace is how far a pass has come. Whoever draws it asks from a goroutine of
// its own.
type pace struct {
	mu          stdsync.Mutex
	total, done work
	began       time.Time
}

func (p *pace) begin(total work, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total, p.done, p.began = total, work{}, now
}

func (p *pace) add(w work) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done.files += w.files
	p.done.bytes += w.bytes
}

// text returns "12/340  34 MB/1.2 GB  3.4 MB/s", or that there is nothing to do
// yet.
func (p *pace) text(now time.Time) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.total.files == 0 {
		return "looking"
	}
	text := fmt.Sprintf("%d/%d", p.done.files, p.total.files)
	if p.total.bytes > 0 {
		text += fmt.Sprintf("  %s/%s", humanize.Bytes(uint64(p.done.bytes)), humanize.Bytes(uint64(p.total.bytes)))
		if spent := now.Sub(p.began).Seconds(); spent > 0.5 {
			text += fmt.Sprintf("  %s/s", humanize.Bytes(uint64(float64(p.done.bytes)/spent)))
		}
	}
	return text
}

// report returns how far it is for other commands, nil where there is nothing to
// do.
func (p *pace) report() *daemon.Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.total.files == 0 {
		return nil
	}
	return &daemon.Progress{Files: p.done.files, FilesTotal: p.total.files, Bytes: p.done.bytes, BytesTotal: p.total.bytes}
}

// workOf counts the actions of a plan that anybody wants to hear of, and the
// bytes that they carry.
func workOf(plan *sync.Plan) work {
	s := planned(plan)
	w := work{bytes: s.BytesUp + s.BytesDown}
	for i := range plan.Actions {
		if told(&plan.Actions[i]) {
			w.files++
		}
	}
	return w
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

// newBars begins to draw on w, the terminal beneath s.
func newBars(s *screen, w io.Writer, width int, now func() time.Time) *bars {
	b := &bars{
		screen: s,
		now:    now,
		files:  make(map[*sync.Action]*mpb.Bar),
		sent:   make(map[*sync.Action]int64),
	}
	b.mpb = mpb.New(mpb.WithOutput(w), mpb.WithWidth(barWidth(width)), mpb.ForceTTY(), mpb.WithQueueLen(mostFileBars+4))
	s.drawAbove(b.mpb)
	b.look = b.mpb.New(0, mpb.SpinnerStyle().PositionLeft(), mpb.BarRemoveOnComplete(), mpb.BarWidth(2),
		mpb.AppendDecorators(decor.Name("looking at both sides")))
	return b
}

// barWidth returns the columns of a bar on a terminal of width columns.
func barWidth(width int) int { return min(max(width/4, 10), 30) }

func (b *bars) event(ev sync.Event) {
	if b == nil {
		return
	}
	switch ev := ev.(type) {
	case sync.Planned:
		b.planned(ev.Plan)
	case sync.Started:
		b.started(ev.Action)
	case sync.Progress:
		b.progress(ev)
	case sync.Finished:
		b.finished(ev.Action)
	}
}

func (b *bars) planned(plan *sync.Plan) {
	b.look.Abort(true)
	total := workOf(plan)
	if total.files == 0 {
		return
	}
	if b.all != nil { // a second plan of the same pass
		b.all.Abort(true)
	}
	b.pace.begin(total, b.now())
	b.all = b.mpb.AddBar(total.bytes+int64(total.files)*actionWeight,
		mpb.BarRemoveOnComplete(), mpb.BarPriority(1<<20),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return b.pace.text(b.now()) })),
		mpb.AppendDecorators(decor.AverageETA(decor.ET_STYLE_GO)))
}

func (b *bars) started(a *sync.Action) {
	if b.all == nil || a.Size < largeFile || len(b.files) >= mostFileBars || b.files[a] != nil {
		return
	}
	arrow := toLocal
	if a.Side == sync.Remote {
		arrow = toRemote
	}
	name := elide(clean(a.Path.Base()), 30)
	b.files[a] = b.mpb.AddBar(a.Size, mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(arrow+" "+pad(name, 30))),
		mpb.AppendDecorators(decor.Percentage(decor.WCSyncSpace)))
}

// elide cuts the middle out of s where it is longer than n runes.
func elide(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	tail := n / 3
	return string(r[:n-tail-3]) + "..." + string(r[len(r)-tail:])
}

func (b *bars) progress(ev sync.Progress) {
	if b.all == nil {
		return
	}
	b.pace.add(work{bytes: ev.N})
	b.all.IncrInt64(ev.N)
	b.sent[ev.Action] += ev.N
	if bar := b.files[ev.Action]; bar != nil {
		bar.IncrInt64(ev.N)
	}
}

// finished counts the action as done, with the bytes that it did not have to
// send, and takes its bar away.
func (b *bars) finished(a *sync.Action) {
	if b.all == nil {
		return
	}
	b.pace.add(work{files: 1})
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

// close takes all bars away. Lines go straight to the terminal from then on.
func (b *bars) close() {
	if b == nil {
		return
	}
	b.look.Abort(true)
	for _, bar := range b.files {
		bar.Abort(true)
	}
	if b.all != nil {
		b.all.Abort(true)
	}
	b.mpb.Wait()
	b.screen.drawAbove(nil)
}
