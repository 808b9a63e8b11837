package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// link describes the emulated link. The zero value is one without delay, limit and loss.
type link struct {
	roundTrip time.Duration
	rate      int64   // bytes a second each way, 0 without limit
	loss      float64 // share of the packets that is lost at random each way
}

// String returns what stands in the results and above the tables, such as "30ms, 100 Mbit/s, 0.1 % loss".
func (l link) String() string {
	text := l.roundTrip.String() + ", " + rateName(l.rate)
	if l.loss > 0 {
		text += fmt.Sprintf(", %g %% loss", l.loss*100)
	}
	return text
}

// onLoopback is what stands in the results in place of a link where there is none.
const onLoopback = "loopback"

// links returns all links of the command line: each round trip with each loss.
func (o options) links() []link {
	var all []link
	for _, loss := range o.losses {
		for _, roundTrip := range o.roundTrips {
			all = append(all, link{roundTrip, o.rate, loss})
		}
	}
	return all
}

// onlyLoopback reports whether the command line asks for no link at all.
func (o options) onlyLoopback() bool {
	all := o.links()
	return len(all) == 1 && all[0] == link{}
}

// parseRoundTrips reads a list of durations.
func parseRoundTrips(list string) ([]time.Duration, error) {
	var all []time.Duration
	for _, text := range splitList(list) {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 || d > 10*time.Second {
			return nil, fmt.Errorf("-rtt: %q must be a time between 0 and 10s; several are 5ms,30ms", text)
		}
		all = append(all, d)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("-rtt: %q names no time, such as 30ms", list)
	}
	return all, nil
}

// parseLosses reads a list of shares.
func parseLosses(list string) ([]float64, error) {
	var all []float64
	for _, text := range splitList(list) {
		number, percent := strings.CutSuffix(text, "%")
		share, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if percent {
			share /= 100
		}
		if err != nil || !(share >= 0 && share <= 0.5) || !percent && share != 0 {
			return nil, fmt.Errorf("-loss: %q must be 0, or a share up to 50%% with its sign; several are 0,0.1%%,1%%", text)
		}
		all = append(all, share)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("-loss: %q names no share, such as 0.1%%", list)
	}
	return all, nil
}

// parseRate reads a rate in bits a second and returns bytes.
func parseRate(s string) (int64, error) {
	if s == "none" || s == "0" {
		return 0, nil
	}
	for unit, bits := range map[string]float64{"kbit": 1e3, "mbit": 1e6, "gbit": 1e9} {
		if number, found := strings.CutSuffix(s, unit); found {
			if n, err := strconv.ParseFloat(number, 64); err == nil && n > 0 && n < 1e6 {
				return int64(n * bits / 8), nil
			}
		}
	}
	return 0, fmt.Errorf("-rate: invalid rate %q, must be such as 20mbit, 1gbit or none", s)
}
