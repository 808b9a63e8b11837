package readme

import (
	"encoding/xml"
	"fmt"
	"image/color"
	"math"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// The picture of a terminal, in pixels.
const (
	cellWidth  = 8.4 // of a monospaced font of 14 pixels
	lineHeight = 19
	margin     = 16
	bar        = 30 // the height of the title bar
)

// The colours of a terminal: those of its text and background, and the sixteen of the palette.
const (
	foreground = "#d6d9de"
	background = "#1d2027"
)

var palette = [16]string{
	"#5c6370", "#f0717a", "#98c379", "#e5c07b", "#6cb6ff", "#d291e4", "#5fc9d3", "#d6d9de",
	"#7f8794", "#ff8a92", "#b1d99a", "#f2d59c", "#8fc8ff", "#e0aef0", "#86dde5", "#ffffff",
}

// emulate returns a terminal after everything in written was written to it.
func emulate(written string) *vt.Emulator {
	e := vt.NewEmulator(columns, 60)
	_, _ = e.Write([]byte(written))
	return e
}

// frame returns the text on a terminal, without what is empty at the ends of lines and of the screen.
func frame(e *vt.Emulator) string {
	var b strings.Builder
	for line := range strings.Lines(e.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// svg draws a terminal. Every run of cells of one style has its own place, so that it looks alike in all fonts.
func svg(e *vt.Emulator, title string) string {
	rows := strings.Count(frame(e), "\n")
	width, height := int(math.Ceil(columns*cellWidth))+2*margin, bar+rows*lineHeight+margin+6
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img">`+"\n", width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n", escape(title))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" rx="8" fill="%s"/>`+"\n", width, height, background)
	for i, fill := range []string{"#f0717a", "#e5c07b", "#98c379"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="%d" r="5" fill="%s"/>`+"\n", margin+4+i*18, bar/2, fill)
	}
	fmt.Fprintf(&b, `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="%s" xml:space="preserve">`+"\n", foreground)
	for y := range rows {
		for _, run := range runs(e, y) {
			run.draw(&b, y)
		}
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// A run is some cells of one style beside each other.
type run struct {
	x, cells int
	style    uv.Style
	text     string
}

// runs returns the runs of a row, but for blank ones.
func runs(e *vt.Emulator, y int) (all []run) {
	var current run
	end := func() {
		if strings.TrimSpace(current.text) != "" {
			all = append(all, current)
		}
	}
	for x := 0; x < columns; x++ {
		cell := e.CellAt(x, y)
		if cell == nil || cell.Width == 0 {
			continue // the second half of a wide character
		}
		if current.text == "" || !cell.Style.Equal(&current.style) || strings.HasSuffix(current.text, "  ") {
			end()
			current = run{x: x, style: cell.Style}
		}
		current.text += cell.Content
		current.cells += cell.Width
	}
	end()
	return all
}

func (r run) draw(b *strings.Builder, y int) {
	text := strings.TrimRight(r.text, " ")
	lead := len(text) - len(strings.TrimLeft(text, " "))
	cells := r.cells - (len(r.text) - len(text)) - lead
	attributes := ""
	if fill := fillOf(r.style.Fg); fill != "" {
		attributes += fmt.Sprintf(` fill="%s"`, fill)
	}
	if r.style.Attrs&uv.AttrBold != 0 {
		attributes += ` font-weight="bold"`
	}
	if r.style.Attrs&uv.AttrFaint != 0 {
		attributes += ` opacity="0.7"`
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%d" textLength="%.1f"%s>%s</text>`+"\n",
		margin+float64(r.x+lead)*cellWidth, bar+(y+1)*lineHeight-5, float64(cells)*cellWidth, attributes, escape(text[lead:]))
}

// fillOf is a colour as SVG writes it; "" for that of the text.
func fillOf(c color.Color) string {
	switch c := c.(type) {
	case nil:
		return ""
	case ansi.BasicColor:
		return palette[c]
	case ansi.IndexedColor:
		if int(c) < len(palette) {
			return palette[c]
		}
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}
