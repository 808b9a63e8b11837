package main

import "slices"

// summary holds the medians of all runs of one tool on one row.
type summary struct {
	seconds, cpu, roundTrips float64
	spread                   float64 // half of what lies between the quickest and the slowest run, divided by the median
	memory                   int64
	visit                    *visit // nil: nobody looked
	wrong                    bool   // at least one run had a wrong result
}

// key identifies a cell of the table.
type key struct{ server, row, link, tool string }

// summarize returns the medians of all cells.
func summarize(results []result) map[key]summary {
	cells := map[key][]result{}
	for _, r := range results {
		if r.Skipped != "" {
			continue
		}
		k := key{r.Server, r.Row, r.Link, r.Tool}
		cells[k] = append(cells[k], r)
	}
	all := map[key]summary{}
	for k, runs := range cells {
		all[k] = summary{
			seconds:    median(runs, func(r result) float64 { return r.Seconds }),
			cpu:        median(runs, func(r result) float64 { return r.CPU }),
			spread:     spread(runs),
			roundTrips: median(runs, func(r result) float64 { return r.RoundTrips }),
			visit:      visits(runs),
			memory:     int64(median(runs, func(r result) float64 { return float64(r.Memory) })),
			wrong:      slices.ContainsFunc(runs, func(r result) bool { return r.Error != "" }),
		}
	}
	return all
}

// spread returns how far runs lie apart.
func spread(runs []result) float64 {
	least, most := runs[0].Seconds, runs[0].Seconds
	for _, r := range runs {
		least, most = min(least, r.Seconds), max(most, r.Seconds)
	}
	if middle := median(runs, func(r result) float64 { return r.Seconds }); middle > 0 {
		return (most - least) / 2 / middle
	}
	return 0
}

// visits returns the medians of what visitors saw, or nil if there was none.
func visits(runs []result) *visit {
	if slices.ContainsFunc(runs, func(r result) bool { return r.Visit == nil }) {
		return nil
	}
	count := func(figure func(v *visit) int) int {
		return int(median(runs, func(r result) float64 { return float64(figure(r.Visit)) }))
	}
	return &visit{
		Mixed: median(runs, func(r result) float64 { return r.Visit.Mixed }),
		Half:  count(func(v *visit) int { return v.Half }), Missing: count(func(v *visit) int { return v.Missing }),
		Broken: count(func(v *visit) int { return v.Broken }), Looks: count(func(v *visit) int { return v.Looks }),
	}
}

// median returns the median of a figure. Of an even number of values it is the mean of the two in the middle.
func median[T any](all []T, figure func(T) float64) float64 {
	values := make([]float64, len(all))
	for i, v := range all {
		values[i] = figure(v)
	}
	slices.Sort(values)
	n := len(values)
	if n == 0 {
		return 0
	}
	return (values[(n-1)/2] + values[n/2]) / 2
}
