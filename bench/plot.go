package main

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// The sizes of the picture, in pixels.
const (
	plotWidth   = 900
	plotLeft    = 300 // of the axis; titles of rows are left of it
	plotRight   = 740 // figures of ferry are right of it
	plotHead    = 62  // title and legend
	panelHead   = 46  // heading and axis of a panel
	plotRow     = 22
	panelBottom = 14
)

// series is one kind of mark.
type series struct {
	name, class string
	tools       []string // the quickest of them counts
}

var plotted = []series{
	{"lftp", "lftp", lftpNames},
	{"rclone", "rclone", rcloneNames},
	{"ftp-deploy", "deploy", []string{ftpDeployName}},
	{"find", "deploy", []string{"find"}},
	{"ferry, defaults", "plain", []string{ferryDefault}},
	{"ferry", "ferry", []string{"ferry"}},
}

// plotStyle has colours that are told apart on both backgrounds and by people who see few colours; each mark also has a
// shape of its own. The picture brings its background along, since a page may be dark where the system is light.
const plotStyle = `
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px }
.heading { font-weight: 600 }
.end, .figure { text-anchor: end }
.tick { font-size: 11px; text-anchor: middle; fill: #59636e }
.back { fill: #ffffff }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.span { stroke: #afb8c1; stroke-width: 2 }
.lftp { fill: #bc4c00 }
.rclone { fill: #1a7f37 }
.deploy { fill: #8250df }
.plain { fill: none; stroke: #0969da; stroke-width: 2 }
.ferry { fill: #0969da }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.tick { fill: #9198a1 }
.back { fill: #0d1117 }
.grid { stroke: #30363d }
.span { stroke: #6e7681 }
.lftp { fill: #f0883e }
.rclone { fill: #3fb950 }
.deploy { fill: #ab7df8 }
.plain { stroke: #58a6ff }
.ferry { fill: #58a6ff }
}
`

// panel is one group of rows with times.
type panel struct {
	name  string
	lines []plotLine
}

type plotLine struct {
	title   string
	seconds []float64 // one for each of plotted; 0: none
}

// panels returns what is drawn. Wrong results are not.
func panels(rows []row, results []result) []panel {
	all := summarize(results)
	var list []panel
	for _, g := range groups(rows, results) {
		p := panel{name: g.name}
		for _, r := range g.rows {
			line := plotLine{title: r.title}
			for _, s := range plotted {
				line.seconds = append(line.seconds, best(all, g.server, g.linkOf(r), []string{r.name}, s.tools...).seconds)
			}
			if slices.Max(line.seconds) > 0 {
				p.lines = append(p.lines, line)
			}
		}
		if len(p.lines) > 0 {
			list = append(list, p)
		}
	}
	return list
}

// plot returns a picture of the times as SVG: one line a row, with a mark for each tool on a logarithmic axis.
func plot(rows []row, results []result) string {
	list := panels(rows, results)
	from, to := plotRange(list)
	at := func(seconds float64) float64 {
		return plotLeft + (math.Log10(seconds)-from)/(to-from)*(plotRight-plotLeft)
	}
	var b strings.Builder
	y := plotHead
	for _, p := range list {
		fmt.Fprintf(&b, "<text class=\"heading\" x=\"16\" y=\"%d\">%s</text>\n", y+14, html.EscapeString(p.name))
		bottom := y + panelHead + len(p.lines)*plotRow
		for exponent := from; exponent <= to; exponent++ {
			x := at(math.Pow(10, exponent))
			fmt.Fprintf(&b, "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/><text class=\"tick\" x=\"%.1f\" y=\"%d\">%g s</text>\n",
				x, y+panelHead-6, x, bottom, x, y+panelHead-10, math.Pow(10, exponent))
		}
		for i, line := range p.lines {
			plotRowOf(&b, line, y+panelHead+i*plotRow+plotRow/2, at)
		}
		y = bottom + panelBottom
	}
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n"+
		"<title>Seconds that each tool needs for the same work</title>\n<style>%s</style>\n<rect class=\"back\" width=\"%d\" height=\"%d\"/>\n%s%s</svg>\n",
		plotWidth, y, plotWidth, y, plotStyle, plotWidth, y, plotLegend(list), b.String())
}

// plotRange returns the powers of ten between which all times lie.
func plotRange(list []panel) (from, to float64) {
	from, to = math.Inf(1), math.Inf(-1)
	for _, p := range list {
		for _, line := range p.lines {
			for _, s := range line.seconds {
				if s > 0 {
					from, to = min(from, math.Floor(math.Log10(s))), max(to, math.Ceil(math.Log10(s)))
				}
			}
		}
	}
	if math.IsInf(from, 1) {
		return 0, 1
	}
	return from, max(to, from+1)
}

// plotLegend returns the title, and the name of each mark that is in the picture.
func plotLegend(list []panel) string {
	var b strings.Builder
	b.WriteString("<text class=\"title\" x=\"16\" y=\"24\">Seconds for the same work: further left is quicker, each grid line is ten times the one before</text>\n")
	x := 16
	for i, s := range plotted {
		drawn := slices.ContainsFunc(list, func(p panel) bool {
			return slices.ContainsFunc(p.lines, func(l plotLine) bool { return l.seconds[i] > 0 })
		})
		if !drawn {
			continue
		}
		b.WriteString(mark(s.class, float64(x+6), 44))
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"49\">%s</text>\n", x+18, s.name)
		x += 44 + 8*len(s.name)
	}
	fmt.Fprintf(&b, "<text class=\"end\" x=\"%d\" y=\"49\">ferry (of the best other)</text>\n", plotWidth-16)
	return b.String()
}

// plotRowOf draws one row at a height.
func plotRowOf(b *strings.Builder, line plotLine, y int, at func(float64) float64) {
	fmt.Fprintf(b, "<text class=\"end\" x=\"%d\" y=\"%d\">%s</text>\n", plotLeft-14, y+5, html.EscapeString(line.title))
	var there []float64
	for _, s := range line.seconds {
		if s > 0 {
			there = append(there, s)
		}
	}
	fmt.Fprintf(b, "<line class=\"span\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>\n", at(slices.Min(there)), y, at(slices.Max(there)), y)
	for i, s := range line.seconds {
		if s > 0 {
			b.WriteString(mark(plotted[i].class, at(s), float64(y)))
		}
	}
	if text := plotFigure(line); text != "" {
		fmt.Fprintf(b, "<text class=\"figure\" x=\"%d\" y=\"%d\">%s</text>\n", plotWidth-16, y+5, text)
	}
}

// plotFigure returns ferry's time, and in brackets what part that is of the best of the others.
func plotFigure(line plotLine) string {
	last := len(plotted) - 1
	ours, other := line.seconds[last], 0.0
	for _, s := range line.seconds[:last-1] {
		if s > 0 && (other == 0 || s < other) {
			other = s
		}
	}
	switch {
	case ours == 0:
		return ""
	case other == 0:
		return seconds(ours)
	}
	return fmt.Sprintf("%s (%.2f)", seconds(ours), ours/other)
}

// mark returns the mark of a kind of tool.
func mark(class string, x, y float64) string {
	switch class {
	case "lftp":
		return fmt.Sprintf("<rect class=\"lftp\" x=\"%.1f\" y=\"%.1f\" width=\"9\" height=\"9\"/>", x-4.5, y-4.5)
	case "rclone":
		return fmt.Sprintf("<path class=\"rclone\" d=\"M%.1f %.1fl6 10h-12z\"/>", x, y-6)
	case "deploy":
		return fmt.Sprintf("<path class=\"deploy\" d=\"M%.1f %.1fl6 6-6 6-6-6z\"/>", x, y-6)
	}
	return fmt.Sprintf("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>", class, x, y)
}
