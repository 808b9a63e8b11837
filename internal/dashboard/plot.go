package dashboard

import (
	"context"
	"fmt"
	"iter"
	"maps"
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

// The spans of the plots, in minutes.
const (
	hourPart, hourParts = 1, 60
	dayPart, monthParts = 24 * 60, 30
)

// A tally is what was done in each minute of the last month.
type tally struct {
	upTo    time.Time // of the newest line that is counted
	minutes map[int64]done
}

type done struct {
	changes int
	bytes   int64
}

// read counts the lines that are newer than those which it has counted. They come the newest
// first. If ctx ends, nothing is counted.
func (t *tally) read(ctx context.Context, lines iter.Seq[history.Line], now time.Time) {
	fresh, newest := make(map[int64]done), t.upTo
	for l := range lines {
		if ctx.Err() != nil {
			return
		}
		if l.Time.After(now) {
			continue // a clock was set; it is counted when its time has come
		}
		if !l.Time.After(t.upTo) || now.Sub(l.Time) > (monthParts+1)*dayPart*time.Minute {
			break
		}
		if l.Time.After(newest) {
			newest = l.Time
		}
		if l.Type == history.TypeAction && !l.Failed() {
			d := fresh[minute(l.Time)]
			d.changes++
			if l.Op == sync.Upload || l.Op == sync.Download {
				d.bytes += l.Size
			}
			fresh[minute(l.Time)] = d
		}
	}
	t.upTo = newest
	for at, d := range fresh {
		was := t.minutes[at]
		t.minutes[at] = done{was.changes + d.changes, was.bytes + d.bytes}
	}
	maps.DeleteFunc(t.minutes, func(at int64, _ done) bool { return minute(now)-at >= monthParts*dayPart })
}

func minute(t time.Time) int64 { return t.Unix() / 60 }

// plot returns what was done in the n parts that end with this minute.
func (t *tally) plot(now time.Time, part, n int, span string) *plotted {
	p := &plotted{Changes: make([]int, n), Bytes: make([]int64, n)}
	for i := range n {
		p.Times = append(p.Times, (minute(now)-int64((n-1-i)*part))*60)
	}
	for at, d := range t.minutes {
		if i := n - 1 - int(minute(now)-at)/part; i >= 0 && i < n {
			p.Changes[i] += d.changes
			p.Bytes[i] += d.bytes
		}
	}
	p.say(span)
	return p
}

func (p *plotted) say(span string) {
	changes, bytes := 0, int64(0)
	for i := range p.Times {
		changes += p.Changes[i]
		bytes += p.Bytes[i]
	}
	p.Said = fmt.Sprintf("In the last %s: %s, %s carried over.", span, text.Count(changes, "change"), report.Size(bytes))
}

// tallies are those of the pairs that were asked for, so that a long history is read once.
type tallies struct {
	mu  stdsync.Mutex // held while a history is read
	all map[string]*tally
}

// mostTallies is how many are kept.
const mostTallies = 200

// plot tells the script what was done lately.
func (s *Server) plot(w http.ResponseWriter, r *http.Request, _ *session) {
	key := r.FormValue("key")
	if !known(key) {
		http.NotFound(w, r)
		return
	}
	writeJSON(w, s.tallies.plots(r.Context(), s.o, key))
}

func (c *tallies) plots(ctx context.Context, o Options, key string) map[string]*plotted {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil || len(c.all) >= mostTallies {
		c.all = make(map[string]*tally)
	}
	t := c.all[key]
	if t == nil {
		t = &tally{minutes: make(map[int64]done)}
		c.all[key] = t
	}
	now := o.Now()
	t.read(ctx, history.Open(o.StateDir, key, 0).Lines(now.Add(-monthParts*dayPart*time.Minute)), now)
	return map[string]*plotted{"hour": t.plot(now, hourPart, hourParts, "hour"), "month": t.plot(now, dayPart, monthParts, "30 days")}
}
