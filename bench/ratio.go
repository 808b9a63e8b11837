package main

import (
	"fmt"
	"strings"
)

// best returns the summary of the fastest of some tools on some rows, or the zero value if none has a time.
func best(all map[key]summary, server, link string, rows []string, tools ...string) summary {
	var quickest summary
	for _, row := range rows {
		for _, tool := range tools {
			s, there := all[key{server, row, link, tool}]
			if there && !s.wrong && (quickest.seconds == 0 || s.seconds < quickest.seconds) {
				quickest = s
			}
		}
	}
	return quickest
}

// ratios holds the time of ferry divided by the best time of others, its CPU time divided by that of the fastest, and the
// time for which it leaves a site mixed divided by the shortest of the others. 0: there is none.
type ratios struct {
	lftp, rclone, both, cpu, mixed float64
	oneConnection                  float64 // to ferry's own time in the row withOne
}

func compareTimes(all map[key]summary, server, link string, r row) ratios {
	ours, there := all[key{server, r.name, link, "ferry"}]
	if !there || ours.wrong {
		return ratios{}
	}
	names := append([]string{r.name}, r.goal.among...)
	part := func(tools ...string) float64 { return share(ours, best(all, server, link, names, tools...)) }
	var cpu float64
	if b := best(all, server, link, names, r.others()...); b.cpu > 0 {
		cpu = ours.cpu / b.cpu
	}
	var mixed float64
	for _, tool := range r.others() {
		other := all[key{server, r.name, link, tool}]
		if other.visit != nil && !other.wrong && ours.visit != nil && other.visit.Mixed > 0 {
			mixed = max(mixed, ours.visit.Mixed/other.visit.Mixed)
		}
	}
	return ratios{
		cpu: cpu, mixed: mixed, lftp: part(lftpNames...), rclone: part(rcloneNames...), both: part(r.others()...),
		oneConnection: share(ours, best(all, server, link, []string{r.goal.withOne}, "ferry")),
	}
}

// share returns the time of one divided by that of another, or 0 if there is none.
func share(one, other summary) float64 {
	if one.wrong || other.seconds == 0 {
		return 0
	}
	return one.seconds / other.seconds
}

// defaultRatios holds the time of ferry in its default settings, divided by the best times of others.
type defaultRatios struct {
	plain       float64 // in their default settings
	lftp, tuned float64 // in their tuned settings
}

func compareDefaults(all map[key]summary, server, link string, r row) defaultRatios {
	ours, names := all[key{server, r.name, link, ferryDefault}], []string{r.name}
	return defaultRatios{
		plain: share(ours, best(all, server, link, names, "lftp default", "rclone default")),
		lftp:  share(ours, best(all, server, link, names, lftpNames...)),
		tuned: share(ours, best(all, server, link, names, r.others()...)),
	}
}

// on returns the goal for one server.
func (g goal) on(server string) goal {
	if server == "vsftpd" && g.vsftpd > 0 {
		g.roundTrips = g.vsftpd
	}
	return g
}

// limit is one figure that has a goal.
type limit struct {
	name     string
	got, max float64
}

// verdict returns whether ferry reached the goal of a row, or "" if there is no goal or nothing to compare with.
func verdict(g goal, r ratios, ours summary) string {
	return reached([]limit{
		{"of lftp", r.lftp, g.lftp}, {"of rclone", r.rclone, g.rclone}, {"of the best", r.both, g.best},
		{"of its CPU time", r.cpu, g.cpu}, {"of the mixed time", r.mixed, g.mixed},
		{"of ferry with one connection", r.oneConnection, g.oneConnection},
		{"round trips", ours.roundTrips, g.roundTrips}, {"MB", float64(ours.memory) / 1e6, g.megabytes},
	})
}

// reached returns whether all figures are within their limits, as far as they and their limits are there.
func reached(limits []limit) string {
	var goals []string
	answer := "yes: "
	for _, l := range limits {
		if l.max == 0 || l.got == 0 {
			continue
		}
		goals = append(goals, fmt.Sprintf("%.2f %s", l.max, l.name))
		if l.got > l.max {
			answer = "no: "
		}
	}
	if len(goals) == 0 {
		return ""
	}
	return answer + strings.Join(goals, ", ")
}
