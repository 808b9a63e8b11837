package main

import (
	"fmt"
	"slices"
)

// verdictColumn is the heading of the column of goals.
const verdictColumn = "goal reached"

// timesOf returns the table of times.
func timesOf(g group, all map[key]summary) table {
	t := table{slices.Concat([]string{""}, toolNames, []string{"ferry/lftp", "ferry/rclone", "ferry/best", verdictColumn})}
	for _, r := range g.rows {
		line, some := cells(g, r, all, toolNames, func(s summary) string {
			switch {
			case s.wrong:
				return "wrong"
			case r.files > 0 && s.roundTrips > 0:
				return fmt.Sprintf("%.2f (%.1f rt)", s.seconds, s.roundTrips)
			}
			return fmt.Sprintf("%.2f", s.seconds)
		})
		if !some {
			continue
		}
		ratio := compareTimes(all, g.server, g.linkOf(r), r)
		line = append(line, ratioCells(ratio.lftp, ratio.rclone, ratio.both)...)
		t = append(t, append(line, verdict(g.goal(r), ratio, all[g.key(r, "ferry")])))
	}
	return t
}

// defaultTimesOf returns the table of times with the defaults of all tools.
func defaultTimesOf(g group, all map[key]summary) table {
	t := table{slices.Concat([]string{""}, defaultNames,
		[]string{"ferry/defaults", "ferry/tuned lftp", "ferry/tuned best", verdictColumn})}
	for _, r := range g.rows {
		line, some := cells(g, r, all, defaultNames, func(s summary) string {
			if s.wrong {
				return "wrong"
			}
			return fmt.Sprintf("%.2f", s.seconds)
		})
		if !some {
			continue
		}
		ratio := compareDefaults(all, g.server, g.linkOf(r), r)
		line = append(line, ratioCells(ratio.plain, ratio.lftp, ratio.tuned)...)
		t = append(t, append(line, reached([]limit{{"of tuned lftp", ratio.lftp, g.goal(r).defaults}})))
	}
	return t
}

// mixedOf returns the table of what visitors saw. In brackets are the files that they saw half or missing.
func mixedOf(g group, all map[key]summary) table {
	t := table{slices.Concat([]string{""}, toolNames, []string{"ferry/best"})}
	for _, r := range g.rows {
		some := false
		line, _ := cells(g, r, all, toolNames, func(s summary) string {
			if s.visit == nil {
				return ""
			}
			some = true
			cell := fmt.Sprintf("%.2f", s.visit.Mixed)
			if wrong := s.visit.Half + s.visit.Missing; wrong > 0 {
				cell += fmt.Sprintf(" (%d)", wrong)
			}
			return cell
		})
		if !some {
			continue
		}
		cell := ""
		if ratio := compareTimes(all, g.server, g.linkOf(r), r).mixed; ratio > 0 {
			cell = fmt.Sprintf("%.3f", ratio)
		}
		t = append(t, append(line, cell))
	}
	return t
}

// costsOf returns the table of what the tools used.
func costsOf(g group, all map[key]summary, tools []string) table {
	t := table{append([]string{""}, tools...)}
	for _, r := range g.rows {
		line, some := cells(g, r, all, tools, func(s summary) string { return fmt.Sprintf("%.2f s, %s", s.cpu, mebibytes(s.memory)) })
		if some {
			t = append(t, line)
		}
	}
	return t
}

// cells returns the title of a row and a cell for each tool, and whether any of them ran.
func cells(g group, r row, all map[key]summary, tools []string, cell func(summary) string) (line []string, some bool) {
	line = []string{r.title}
	for _, tool := range tools {
		s, there := all[g.key(r, tool)]
		if !there {
			line = append(line, "")
			continue
		}
		some = true
		line = append(line, cell(s))
	}
	return line, some
}

// ratioCells returns cells for ratios, empty ones for those that are not there.
func ratioCells(ratios ...float64) []string {
	line := make([]string, len(ratios))
	for i, v := range ratios {
		if v > 0 {
			line[i] = fmt.Sprintf("%.2f", v)
		}
	}
	return line
}
