package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// line returns a short form of the result, which is shown while the benchmark runs.
func (r result) line() string {
	head := fmt.Sprintf("%-9s %-14s %-14s", r.Server, r.Row, r.Tool)
	if r.Error != "" {
		return head + " WRONG after " + seconds(r.Seconds) + ": " + r.Error
	}
	text := fmt.Sprintf("%s %9s  cpu %6s  %7s", head, seconds(r.Seconds), seconds(r.CPU), mebibytes(r.Memory))
	if r.Files > 0 {
		text += fmt.Sprintf("  %.2f round trips a file", r.RoundTrips)
	} else if r.RoundTrips > 0 {
		text += fmt.Sprintf("  %.0f round trips", r.RoundTrips)
	}
	if v := r.Visit; v != nil {
		text += fmt.Sprintf("  mixed %s, half %d, missing %d, without script %d", seconds(v.Mixed), v.Half, v.Missing, v.Broken)
	}
	if r.Traffic != nil {
		text += fmt.Sprintf("  %d packets, %.1f kB up, %.1f kB down", r.Traffic.PacketsUp+r.Traffic.PacketsDown,
			float64(r.Traffic.BytesUp)/1000, float64(r.Traffic.BytesDown)/1000)
		if r.Traffic.Lost > 0 {
			text += fmt.Sprintf(", %d lost", r.Traffic.Lost)
		}
	}
	return text
}

func seconds(s float64) string {
	switch {
	case s < 1:
		return fmt.Sprintf("%.3f s", s)
	case s < 100:
		return fmt.Sprintf("%.2f s", s)
	}
	return fmt.Sprintf("%.0f s", s)
}

func mebibytes(n int64) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) }

// toolNames are the tools, in the order of the columns of the table.
var toolNames = []string{"find", "lftp", "lftp pipelined", "rclone", "rclone bisync", ftpDeployName, "ferry"}

// summary holds the medians of all runs of one tool on one row.
type summary struct {
	seconds, cpu, roundTrips float64
	memory                   int64
	visit                    *visit // nil: nobody looked
	wrong                    bool   // at least one run had a wrong result
}

// key identifies a cell of the table.
type key struct{ server, row, tool string }

// summarize returns the medians of all cells.
func summarize(results []result) map[key]summary {
	cells := map[key][]result{}
	for _, r := range results {
		k := key{r.Server, r.Row, r.Tool}
		cells[k] = append(cells[k], r)
	}
	all := map[key]summary{}
	for k, runs := range cells {
		all[k] = summary{
			seconds:    median(runs, func(r result) float64 { return r.Seconds }),
			cpu:        median(runs, func(r result) float64 { return r.CPU }),
			roundTrips: median(runs, func(r result) float64 { return r.RoundTrips }),
			visit:      visits(runs),
			memory:     int64(median(runs, func(r result) float64 { return float64(r.Memory) })),
			wrong:      slices.ContainsFunc(runs, func(r result) bool { return r.Error != "" }),
		}
	}
	return all
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

// best returns the summary of the fastest of some tools on some rows, or the zero value if none has a time.
func best(all map[key]summary, server string, rows []string, tools ...string) summary {
	var quickest summary
	for _, row := range rows {
		for _, tool := range tools {
			s, there := all[key{server, row, tool}]
			if there && !s.wrong && (quickest.seconds == 0 || s.seconds < quickest.seconds) {
				quickest = s
			}
		}
	}
	return quickest
}

// ratios holds the time of ferry divided by the best time of others, its CPU time divided by that of the fastest, and the
// time for which it leaves a site mixed divided by the shortest of the others.
type ratios struct{ lftp, rclone, both, cpu, mixed float64 } // 0: there is none

func compareTimes(all map[key]summary, server string, r row) ratios {
	ours, there := all[key{server, r.name, "ferry"}]
	if !there || ours.wrong {
		return ratios{}
	}
	names := append([]string{r.name}, r.goal.among...)
	part := func(tools ...string) float64 {
		if b := best(all, server, names, tools...); b.seconds > 0 {
			return ours.seconds / b.seconds
		}
		return 0
	}
	var cpu float64
	if b := best(all, server, names, r.others()...); b.cpu > 0 {
		cpu = ours.cpu / b.cpu
	}
	var mixed float64
	for _, tool := range r.others() {
		other := all[key{server, r.name, tool}]
		if other.visit != nil && !other.wrong && ours.visit != nil && other.visit.Mixed > 0 {
			mixed = max(mixed, ours.visit.Mixed/other.visit.Mixed)
		}
	}
	return ratios{
		cpu: cpu, mixed: mixed,
		lftp: part("lftp", "lftp pipelined"), rclone: part("rclone", "rclone bisync"),
		both: part(r.others()...),
	}
}

// on returns the goal for one server.
func (g goal) on(server string) goal {
	if server == "vsftpd" && g.vsftpd > 0 {
		g.roundTrips = g.vsftpd
	}
	return g
}

// verdict returns whether ferry reached the goal of a row, or "" if there is no goal or nothing to compare with.
func verdict(g goal, r ratios, ours summary) string {
	var goals []string
	reached := true
	for _, c := range []struct {
		name     string
		got, max float64
	}{
		{"of lftp", r.lftp, g.lftp}, {"of rclone", r.rclone, g.rclone}, {"of the best", r.both, g.best},
		{"of its CPU time", r.cpu, g.cpu}, {"of the mixed time", r.mixed, g.mixed},
		{"round trips", ours.roundTrips, g.roundTrips}, {"MB", float64(ours.memory) / 1e6, g.megabytes},
	} {
		if c.max > 0 && c.got > 0 {
			goals = append(goals, fmt.Sprintf("%.2f %s", c.max, c.name))
			reached = reached && c.got <= c.max
		}
	}
	switch {
	case len(goals) == 0:
		return ""
	case reached:
		return "yes: " + strings.Join(goals, ", ")
	}
	return "no: " + strings.Join(goals, ", ")
}

// report returns all tables: for each server one of times, and one of CPU time and memory.
func report(o options, rows []row, results []result, programs []string) string {
	all := summarize(results)
	var b strings.Builder
	fmt.Fprintf(&b, "\n%v round trip, %s, %d connections, %s\n", o.roundTrip, rateName(o.rate), o.connections, plural(o.runs, "run"))
	if len(programs) > 0 {
		fmt.Fprintf(&b, "%s\n", strings.Join(programs, ", "))
	}
	for _, server := range serversIn(results) {
		heading := func(what string) {
			if o.markdown {
				fmt.Fprintf(&b, "\n### %s: %s\n\n", server, what)
			} else {
				fmt.Fprintf(&b, "\n%s: %s\n", server, what)
			}
		}
		heading("seconds, and ferry's time divided by the best of the others")
		b.WriteString(timesOf(server, rows, all).compact().text(o.markdown))
		if mixed := mixedOf(server, rows, all); len(mixed) > 1 {
			heading("seconds for which visitors find two releases mixed")
			b.WriteString(mixed.compact().text(o.markdown))
		}
		heading("CPU seconds and peak memory of the client")
		b.WriteString(costsOf(server, rows, all).compact().text(o.markdown))
	}
	return b.String()
}

func serversIn(results []result) []string {
	var names []string
	for _, r := range results {
		if !slices.Contains(names, r.Server) {
			names = append(names, r.Server)
		}
	}
	return names
}

// verdictColumn is the heading of the column of goals.
const verdictColumn = "goal reached"

func timesOf(server string, rows []row, all map[key]summary) table {
	t := table{append(append([]string{""}, toolNames...), "ferry/lftp", "ferry/rclone", "ferry/best", verdictColumn)}
	for _, r := range rows {
		line, some := []string{r.title}, false
		for _, tool := range toolNames {
			s, there := all[key{server, r.name, tool}]
			cell := ""
			switch {
			case there && s.wrong:
				cell = "wrong"
			case there && r.files > 0 && s.roundTrips > 0:
				cell = fmt.Sprintf("%.2f (%.1f rt)", s.seconds, s.roundTrips)
			case there:
				cell = fmt.Sprintf("%.2f", s.seconds)
			}
			some = some || there
			line = append(line, cell)
		}
		if !some {
			continue
		}
		ratio := compareTimes(all, server, r)
		for _, v := range []float64{ratio.lftp, ratio.rclone, ratio.both} {
			cell := ""
			if v > 0 {
				cell = fmt.Sprintf("%.2f", v)
			}
			line = append(line, cell)
		}
		t = append(t, append(line, verdict(r.goal.on(server), ratio, all[key{server, r.name, "ferry"}])))
	}
	return t
}

// mixedOf returns the table of what visitors saw. In brackets are the files that they saw half or missing.
func mixedOf(server string, rows []row, all map[key]summary) table {
	t := table{append(append([]string{""}, toolNames...), "ferry/best")}
	for _, r := range rows {
		line, some := []string{r.title}, false
		for _, tool := range toolNames {
			cell := ""
			if s := all[key{server, r.name, tool}]; s.visit != nil {
				some = true
				cell = fmt.Sprintf("%.2f", s.visit.Mixed)
				if wrong := s.visit.Half + s.visit.Missing; wrong > 0 {
					cell += fmt.Sprintf(" (%d)", wrong)
				}
			}
			line = append(line, cell)
		}
		if ratio := compareTimes(all, server, r).mixed; some && ratio > 0 {
			line = append(line, fmt.Sprintf("%.3f", ratio))
		} else {
			line = append(line, "")
		}
		if some {
			t = append(t, line)
		}
	}
	return t
}

func costsOf(server string, rows []row, all map[key]summary) table {
	t := table{append([]string{""}, toolNames...)}
	for _, r := range rows {
		line, some := []string{r.title}, false
		for _, tool := range toolNames {
			cell := ""
			if s, there := all[key{server, r.name, tool}]; there {
				some = true
				cell = fmt.Sprintf("%.2f s, %s", s.cpu, mebibytes(s.memory))
			}
			line = append(line, cell)
		}
		if some {
			t = append(t, line)
		}
	}
	return t
}

// table holds lines of cells. The first line is the heading. Text is aligned left, and figures right.
type table [][]string

// compact returns the table without columns that are empty below the heading.
func (t table) compact() table {
	small := make(table, len(t))
	for i := range t[0] {
		if !slices.ContainsFunc(t[1:], func(line []string) bool { return line[i] != "" }) {
			continue
		}
		for n, line := range t {
			small[n] = append(small[n], line[i])
		}
	}
	return small
}

func (t table) text(markdown bool) string {
	widths := make([]int, len(t[0]))
	for _, line := range t {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 3)
		}
	}
	var b strings.Builder
	for n, line := range t {
		cells := make([]string, len(line))
		for i, cell := range line {
			padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if cells[i] = padding + cell; i == 0 || t[0][i] == verdictColumn {
				cells[i] = cell + padding
			}
		}
		if markdown {
			b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		} else {
			b.WriteString(strings.TrimRight(strings.Join(cells, "  "), " ") + "\n")
		}
		if n == 0 && markdown {
			b.WriteString("| --- |" + strings.Repeat(" ---: |", len(line)-1) + "\n")
		}
	}
	return b.String()
}

// versionOf returns a program's name with the version from its output, such as "LFTP | Version 4.9.2 | Copyright".
func versionOf(name, said string) string {
	for word := range strings.FieldsSeq(said) {
		if digits := strings.TrimPrefix(word, "v"); digits != "" && digits[0] >= '0' && digits[0] <= '9' {
			return name + " " + digits
		}
	}
	return name
}

func rateName(bytes int64) string {
	if bytes == 0 {
		return "no rate limit"
	}
	return fmt.Sprintf("%g Mbit/s", float64(bytes)*8/1e6)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss, medians", n, noun)
}
