package dashboard

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	stdsync "sync"
	"time"

	"ferry/internal/history"
	"ferry/internal/report"
	"ferry/internal/text"
	"ferry/sync"
)

// A plotted is what was done in a span of time, in equal parts.
type plotted struct {
	Times   []int64 `json:"times"` // when each part begins, in seconds since 1970
	Changes []int   `json:"changes"`
	Bytes   []int64 `json:"bytes"`
	Said    string  `json:"said"` // the same in one sentence
}

// The spans of the plots.
const (
	hourPart, hourParts = time.Minute, 60
	dayPart, monthParts = 24 * time.Hour, 30
)

// newPlot returns a plot of n parts that end now, with nothing in them.
func newPlot(now time.Time, part time.Duration, n int) *plotted {
	p := &plotted{Changes: make([]int, n), Bytes: make([]int64, n)}
	for i := range n {
		p.Times = append(p.Times, now.Add(-time.Duration(n-1-i)*part).Unix())
	}
	return p
}

// add counts a line that is age old.
func (p *plotted) add(l *history.Line, age, part time.Duration) {
	i := len(p.Times) - 1 - int(age/part)
	if l.Type != history.TypeAction || l.Failed() || age < 0 || i < 0 {
		return
	}
	p.Changes[i]++
	if l.Op == sync.Upload || l.Op == sync.Download {
		p.Bytes[i] += l.Size
	}
}

func (p *plotted) say(span string) {
	changes, bytes := 0, int64(0)
	for i := range p.Times {
		changes += p.Changes[i]
		bytes += p.Bytes[i]
	}
	p.Said = fmt.Sprintf("In the last %s: %s, %s carried over.", span, text.Count(changes, "change"), report.Size(bytes))
}

// plotsOf counts the lines of a history, the newest first, for the last hour and month.
func plotsOf(ctx context.Context, lines iter.Seq[history.Line], now time.Time) map[string]*plotted {
	hour, month := newPlot(now, hourPart, hourParts), newPlot(now, dayPart, monthParts)
	for l := range lines {
		age := now.Sub(l.Time)
		if age >= monthParts*dayPart || ctx.Err() != nil {
			break
		}
		hour.add(&l, age, hourPart)
		month.add(&l, age, dayPart)
	}
	hour.say("hour")
	month.say("30 days")
	return map[string]*plotted{"hour": hour, "month": month}
}

// plotAge is how long plots are shown again as they are, to pages that are open beside each
// other: a long history takes a while to read.
const plotAge = time.Second

// A plotCache has the plots of pairs that were asked for last.
type plotCache struct {
	mu    stdsync.Mutex // held while plots are made, so that they are made once
	made  map[string]time.Time
	plots map[string]map[string]*plotted
}

// plot tells the script what was done lately.
func (s *Server) plot(w http.ResponseWriter, r *http.Request, _ *session) {
	key := r.FormValue("key")
	if !known(key) {
		http.NotFound(w, r)
		return
	}
	writeJSON(w, s.plots.of(r.Context(), s.o, key))
}

func (c *plotCache) of(ctx context.Context, o Options, key string) map[string]*plotted {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := o.Now()
	if at, ok := c.made[key]; ok && now.Sub(at) < plotAge {
		return c.plots[key]
	}
	if c.made == nil || len(c.made) > 1000 {
		c.made, c.plots = make(map[string]time.Time), make(map[string]map[string]*plotted)
	}
	plots := plotsOf(ctx, history.Open(o.StateDir, key, 0).Lines(now.Add(-monthParts*dayPart)), now)
	if ctx.Err() == nil {
		c.made[key], c.plots[key] = now, plots
	}
	return plots
}
