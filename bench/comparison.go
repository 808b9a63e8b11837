package main

import (
	"fmt"
	"slices"
	"strings"
)

// tolerance is how much longer a row may take than in the earlier run.
const tolerance = 1.05

// change is what became of one row since an earlier run.
type change struct {
	key          key
	before, now  summary
	ratio        float64 // of the medians of the times
	cpu, memory  float64 // ratios
	others       float64 // the ratio of the other tools on the same row, its median; 0: there are none
	slower, lost bool    // lost: it was right before, and is wrong now
}

// changes compares ferry's rows with those of an earlier run, in the order of the results. alone are rows that only one of
// the two runs has.
func changes(before, now []result) (all []change, alone []string) {
	was, is := summarize(before), summarize(now)
	for _, k := range keys(slices.Concat(now, before)) {
		if k.tool != "ferry" && k.tool != ferryDefault {
			continue
		}
		b, wasThere := was[k]
		n, isThere := is[k]
		if !wasThere || !isThere || b.wrong {
			alone = append(alone, k.String())
			continue
		}
		c := change{key: k, before: b, now: n, ratio: share(n, b), others: othersSince(was, is, k), lost: n.wrong}
		if b.cpu > 0 && b.memory > 0 {
			c.cpu, c.memory = n.cpu/b.cpu, float64(n.memory)/float64(b.memory)
		}
		c.slower = c.ratio > tolerance
		all = append(all, c)
	}
	return all, alone
}

// othersSince returns the median of the ratios of all other tools on the same row. It shows what the machine did.
func othersSince(was, is map[key]summary, of key) float64 {
	var ratios []float64
	for k, n := range is {
		b, there := was[k]
		same := k.server == of.server && k.row == of.row && k.link == of.link && k.tool != "ferry" && k.tool != ferryDefault
		if ratio := share(n, b); there && same && !b.wrong && ratio > 0 {
			ratios = append(ratios, ratio)
		}
	}
	return median(ratios, func(r float64) float64 { return r })
}

// keys returns the keys of results, each once, in their order.
func keys(results []result) []key {
	var all []key
	for _, r := range results {
		if k := (key{r.Server, r.Row, r.Link, r.Tool}); r.Skipped == "" && !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}

func (k key) String() string { return strings.Join([]string{k.server, k.row, k.link, k.tool}, " ") }

// comparison returns the table of changes, and whether there are any, and no row became slower or wrong.
func comparison(before, now []result, markdown bool) (text string, good bool) {
	all, alone := changes(before, now)
	t := table{{"", "server", "link", "before", "now", "now/before", "others", "CPU", "memory", "verdict"}}
	bad := 0
	for _, c := range all {
		verdict := ""
		switch {
		case c.lost:
			verdict = "WRONG"
		case c.slower:
			verdict = "SLOWER"
		}
		if verdict != "" {
			bad++
		}
		name := c.key.row
		if c.key.tool == ferryDefault {
			name += " (defaults)"
		}
		t = append(t, slices.Concat([]string{name, c.key.server, c.key.link, withSpread(c.before), withSpread(c.now)},
			ratioCells(c.ratio, c.others, c.cpu, c.memory), []string{verdict}))
	}
	text = heading(fmt.Sprintf("ferry now and before: %s, %d slower by more than %.0f %% or wrong",
		plural(len(all), "row", ""), bad, (tolerance-1)*100), markdown) + t.compact().text(markdown)
	if len(alone) > 0 {
		text += "\nin one of the two runs only, or wrong before:\n- " + strings.Join(alone, "\n- ") + "\n"
	}
	return text, bad == 0 && len(all) > 0
}

// withSpread returns the median of the times and how far they lie apart.
func withSpread(s summary) string {
	if s.spread == 0 {
		return fmt.Sprintf("%.2f", s.seconds)
	}
	return fmt.Sprintf("%.2f ±%.0f %%", s.seconds, s.spread*100)
}
