package main

import (
	"fmt"
	"strings"
)

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
