package main

import (
	"fmt"
	"slices"
	"strings"
)

// report returns all tables: for each server and link one of times, one of times with defaults, and two of CPU time and
// memory.
func report(o options, rows []row, results []result) string {
	all := summarize(results)
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n", conditions(results))
	if programs := distinct(results, func(r result) string { return r.Program }); len(programs) > 0 {
		fmt.Fprintf(&b, "%s\n", strings.Join(programs, ", "))
	}
	for _, g := range groups(rows, results) {
		for _, part := range []struct {
			heading string
			table   table
		}{
			{"seconds, and ferry's time divided by the best of the others", timesOf(g, all)},
			{"seconds with the defaults of each tool", defaultTimesOf(g, all)},
			{"seconds for which visitors find two releases mixed", mixedOf(g, all)},
			{"CPU seconds and peak memory of the client", costsOf(g, all, toolNames)},
			{"CPU seconds and peak memory of the client with defaults", costsOf(g, all, defaultNames)},
		} {
			if len(part.table) < 2 {
				continue
			}
			b.WriteString(heading(g.name+": "+part.heading, o.markdown) + part.table.compact().text(o.markdown))
		}
	}
	b.WriteString(leftOut(results))
	return b.String()
}

// conditions says with how many connections and how often the tools ran.
func conditions(results []result) string {
	connections, runs := 0, 0
	for _, r := range results {
		connections, runs = max(connections, r.Connections), max(runs, r.Run)
	}
	if connections == 0 {
		return plural(runs, "run", ", medians")
	}
	return plural(connections, "connection", "") + ", " + plural(runs, "run", ", medians")
}

// leftOut lists what was not run, and why.
func leftOut(results []result) string {
	var b strings.Builder
	for _, r := range results {
		if r.Skipped == "" {
			continue
		}
		if b.Len() == 0 {
			b.WriteString("\nleft out:\n")
		}
		fmt.Fprintf(&b, "- %s: %s\n", strings.Join(slices.DeleteFunc([]string{r.Server, r.Row, r.Tool}, func(s string) bool { return s == "" }), " "), r.Skipped)
	}
	return b.String()
}

// distinct returns the different values of a field, without empty ones, in the order in which they come.
func distinct(results []result, field func(result) string) []string {
	var all []string
	for _, r := range results {
		if v := field(r); v != "" && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// group is what stands in one table: the rows on one server over one link, or those that have links of their own.
type group struct {
	name, server string
	link         string // "" for rows with links of their own
	rows         []row
}

// key returns the key of a cell.
func (g group) key(r row, tool string) key { return key{g.server, r.name, g.linkOf(r), tool} }

func (g group) linkOf(r row) string {
	if g.link == "" {
		return r.ownLink()
	}
	return g.link
}

// goal returns the goal of a row. Most goals are for one link, and say nothing over another.
func (g group) goal(r row) goal {
	if g.link != "" && (!strings.HasPrefix(g.link, goalRoundTrip) || strings.Contains(g.link, "loss")) {
		return goal{}
	}
	return r.goal.on(g.server)
}

// goalRoundTrip is the round trip for which the goals of rows without a link of their own are set.
const goalRoundTrip = "30ms,"

// groups returns the groups in the order in which the results came, those with links of their own after the others.
func groups(rows []row, results []result) []group {
	var fixed, free []row
	for _, r := range rows {
		if r.ownLink() != "" {
			fixed = append(fixed, r)
		} else {
			free = append(free, r)
		}
	}
	var all []group
	for _, server := range distinct(results, func(r result) string { return r.Server }) {
		links := distinct(results, func(r result) string {
			if r.Server != server || slices.ContainsFunc(fixed, func(f row) bool { return f.name == r.Row }) {
				return ""
			}
			return r.Link
		})
		for _, link := range links {
			all = append(all, group{server + ", " + link, server, link, free})
		}
		all = append(all, group{server + ", loopback or a link of the row", server, "", fixed})
	}
	return all
}
