package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLinks(t *testing.T) {
	o := options{roundTrips: []time.Duration{5 * time.Millisecond, 200 * time.Millisecond}, rate: 12_500_000, losses: []float64{0, 0.001}}
	var got []string
	for _, l := range o.links() {
		got = append(got, l.String())
	}
	want := []string{"5ms, 100 Mbit/s", "200ms, 100 Mbit/s", "5ms, 100 Mbit/s, 0.1 % loss", "200ms, 100 Mbit/s, 0.1 % loss"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if o.onlyLoopback() {
		t.Error("four links are no loopback")
	}
	if o = (options{roundTrips: []time.Duration{0}, losses: []float64{0}}); !o.onlyLoopback() {
		t.Error("a link without delay, limit and loss is loopback")
	}
	if o.losses[0] = 0.01; o.onlyLoopback() {
		t.Error("a link that only loses is none")
	}
}

func TestParseLosses(t *testing.T) {
	for list, want := range map[string][]float64{"0": {0}, "0.1%": {0.001}, "0,0.1%,1%": {0, 0.001, 0.01}, "0%": {0}, "50%": {0.5}} {
		if got, err := parseLosses(list); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", list, got, err, want)
		}
	}
	for _, list := range []string{"", ",", "1", "0.001", "-1%", "51%", "NaN%", "much%", "1%%"} {
		if got, err := parseLosses(list); err == nil || !strings.HasPrefix(err.Error(), "-loss: ") {
			t.Errorf("%q: %v, %v, want an error", list, got, err)
		}
	}
}

func TestParseRate(t *testing.T) {
	for text, want := range map[string]int64{"none": 0, "0": 0, "8kbit": 1000, "100mbit": 12_500_000, "1gbit": 125_000_000, "0.5mbit": 62_500} {
		if got, err := parseRate(text); got != want || err != nil {
			t.Errorf("%s: %d, %v, want %d", text, got, err, want)
		}
	}
}
