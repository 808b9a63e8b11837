package read

import (
	"testing"
	"time"
)

// The windows of a transfer, and how many connections follow from them.
func TestPace(t *testing.T) {
	const mega, huge = 1e6, 1 << 40
	type window struct {
		rate    float64
		running int
		left    int64
		want    int
	}
	long := 200 * time.Millisecond
	for name, tt := range map[string]struct {
		pace    pace
		windows []window
	}{
		"a number is taken": {pace{setting: 3, roundTrip: long}, []window{{mega, 1, huge, 3}}},
		"a short way":       {pace{roundTrip: time.Millisecond}, []window{{mega, 1, huge, 1}, {mega, 1, huge, 1}, {mega, 1, huge, 1}}},
		"still growing":     {pace{roundTrip: long}, []window{{mega, 1, huge, 1}, {2 * mega, 1, huge, 1}, {4 * mega, 1, huge, 1}, {4 * mega, 1, huge, 4}}},
		"soon done":         {pace{roundTrip: long}, []window{{mega, 1, 20e6, 1}, {mega, 1, 9e6, 1}, {mega, 1, 8e6, 1}}},
		"the user's limit":  {pace{roundTrip: long, limit: mega}, []window{{mega, 1, huge, 1}, {mega, 1, huge, 1}, {mega, 1, huge, 1}}},
		"more brings more, then nothing": {pace{roundTrip: long}, []window{
			{mega, 1, huge, 1}, {mega, 1, huge, 4},
			{mega, 1, huge, 4}, {1.5 * mega, 3, huge, 4}, // they are still logging in
			{2 * mega, 4, huge, 4}, {4 * mega, 4, huge, 4}, {4 * mega, 4, huge, 8},
			{4 * mega, 7, huge, 8},
			{4 * mega, 8, huge, 8}, {5 * mega, 8, huge, 8}, {9 * mega, 8, huge, 8}}},
		"more brings nothing": {pace{roundTrip: long}, []window{
			{mega, 1, huge, 1}, {mega, 1, huge, 4},
			{mega, 4, huge, 4}, {mega, 4, huge, 4}, {mega, 4, huge, 4}, {mega, 4, huge, 4}, {mega, 4, huge, 4},
			{9 * mega, 4, huge, 4}, {9 * mega, 4, huge, 4}, {9 * mega, 4, huge, 4}}},
		"a burst, and then losses": {pace{roundTrip: long}, []window{
			{mega, 1, huge, 1}, {7 * mega, 1, huge, 1}, {mega, 1, huge, 1}, {0.5 * mega, 1, huge, 1}, {0.5 * mega, 1, huge, 4}}},
		"never steady": {pace{roundTrip: long}, []window{
			{mega, 1, huge, 1}, {2 * mega, 1, huge, 1}, {mega, 1, huge, 1}, {2 * mega, 1, huge, 1}, {mega, 1, huge, 1},
			{2 * mega, 1, huge, 1}, {mega, 1, huge, 1}, {2 * mega, 1, huge, 1}, {mega, 1, huge, 1}, {2 * mega, 1, huge, 4}}},
		"eight are enough":          {pace{roundTrip: long, want: 8, before: mega}, []window{{9 * mega, 8, huge, 8}, {9 * mega, 8, huge, 8}, {9 * mega, 8, huge, 8}}},
		"sessions that are refused": {pace{roundTrip: long, want: 4}, []window{{mega, 2, huge, 4}, {mega, 2, huge, 4}}},
	} {
		for i, w := range tt.windows {
			if got := tt.pace.next(w.rate, w.running, w.left); got != w.want {
				t.Errorf("%s: window %d: %d connections, want %d", name, i, got, w.want)
			}
		}
	}
}

// A part must take longer than it takes to log in.
func TestPaceMinPart(t *testing.T) {
	for _, tt := range []struct {
		pace    pace
		rate    float64
		running int
		want    int64
	}{
		{pace{setting: 4}, 100e6, 1, 1 << 20},
		{pace{}, 0, 0, 1 << 20},
		{pace{}, 100e6, 2, 200e6},
	} {
		if got := tt.pace.minPart(tt.rate, tt.running); got != tt.want {
			t.Errorf("%+v: %d, want %d", tt, got, tt.want)
		}
	}
}
