package main

import (
	"fmt"
	"slices"
	"strings"
)

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
