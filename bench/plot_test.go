package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
)

// drawn returns the names and the classes of all elements of a picture, and its texts.
func drawn(t *testing.T, svg string) (classes map[string]int, texts string) {
	t.Helper()
	classes = map[string]int{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return classes, texts
		}
		if err != nil {
			t.Fatalf("no XML: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			for _, a := range token.Attr {
				if a.Name.Local == "class" {
					classes[a.Value]++
				}
			}
		case xml.CharData:
			texts += string(token) + "\n"
		}
	}
}

func TestPlot(t *testing.T) {
	lines := []row{{name: "up", title: "files < 8 kB & up"}, {name: "huge", title: "on loopback", loopback: true}, {name: "none", title: "not run"}}
	results := runs("up", map[string][]float64{"lftp": {10}, "lftp pipelined": {8}, "rclone": {20}, "ferry": {4}, "ferry default": {2}})
	results = append(results, result{Row: "huge", Server: "vsftpd", Link: onLoopback, Tool: "ferry", Seconds: 0.5},
		result{Row: "huge", Server: "vsftpd", Link: onLoopback, Tool: "lftp", Seconds: 0.1, Error: "the trees differ"})
	classes, texts := drawn(t, plot(lines, results))
	// One mark for each in the legend.
	for class, want := range map[string]int{"lftp": 2, "rclone": 2, "ferry": 3, "plain": 2, "deploy": 0, "heading": 2, "span": 2, "figure": 2} {
		if classes[class] != want {
			t.Errorf("%d of %s are drawn, want %d", classes[class], class, want)
		}
	}
	for _, want := range []string{"files < 8 kB & up", "4.00 s (0.50)", "0.500 s\n", "vsftpd, " + overLink, "0.1 s", "100 s"} {
		if !strings.Contains(texts, want) {
			t.Errorf("no %q in\n%s", want, texts)
		}
	}
	for _, not := range []string{"not run", "ftp-deploy"} {
		if strings.Contains(texts, not) {
			t.Errorf("%q is there:\n%s", not, texts)
		}
	}
}

// TestPlotPlaces checks that a mark is where its time is, on an axis from 1 to 100 s.
func TestPlotPlaces(t *testing.T) {
	svg := plot([]row{{name: "up", title: "up"}}, runs("up", map[string][]float64{"lftp": {100}, "ferry": {1}, "ferry default": {10}}))
	for class, x := range map[string]float64{"ferry": plotLeft, "plain": (plotLeft + plotRight) / 2} {
		if want := fmt.Sprintf("<circle class=\"%s\" cx=\"%.1f\"", class, x); !strings.Contains(svg, want) {
			t.Errorf("no %s in\n%s", want, svg)
		}
	}
}

// TestPlotOfNothing checks that there is an axis in any case.
func TestPlotOfNothing(t *testing.T) {
	for _, list := range [][]panel{nil, {{lines: []plotLine{{seconds: []float64{10}}}}}} {
		if from, to := plotRange(list); math.IsInf(from, 0) || to <= from {
			t.Errorf("the axis is from %v to %v", from, to)
		}
	}
	drawn(t, plot(nil, nil))
}
