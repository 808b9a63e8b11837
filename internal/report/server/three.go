package server

import (
	"strings"

	"ferry/internal/ftp/check"
)

// A three is a ladder between three parties, each of which has a column.
type three struct {
	heads [3]string
	at    [3]int // the columns
	rungs []threeRung
}

// A threeRung goes from one column to another.
type threeRung struct {
	from, to     int
	label        []rune
	data, failed bool
}

// longestLabel is the most characters of a label; all of a reply that says why is below the ladder.
const longestLabel = 52

var columns = map[check.Party]int{check.Client: 0, check.First: 1, check.Second: 2}

func newThree(w *check.Way, kind string) *three {
	t := &three{heads: [3]string{"this machine", "first " + kind, "second " + kind}}
	for _, s := range w.Steps {
		label := []rune(`"` + s.Text + `"`)
		if s.Data {
			label = []rune(s.Text)
		}
		if len(label) > longestLabel {
			label = append(label[:longestLabel-1], '…')
		}
		t.rungs = append(t.rungs, threeRung{columns[s.From], columns[s.To], label, s.Data, s.Failed})
	}
	t.place()
	return t
}

// place gives the columns room for the longest label between them.
func (t *three) place() {
	t.at = [3]int{8, 8 + 22, 8 + 22 + 22}
	for _, span := range [][2]int{{0, 1}, {1, 2}, {0, 2}} {
		for _, r := range t.rungs {
			left, right := min(r.from, r.to), max(r.from, r.to)
			if span != [2]int{left, right} {
				continue
			}
			lacks := max(0, len(r.label)+10-(t.at[right]-t.at[left]))
			for i := right; i < len(t.at); i++ {
				t.at[i] += lacks
			}
		}
	}
}

func (t *three) draw() string {
	var out strings.Builder
	head := ""
	for i, name := range t.heads {
		start := max(2, t.at[i]-len(name)/2)
		head += strings.Repeat(" ", start-len(head)) + name
	}
	out.WriteString(head + "\n")
	for _, r := range t.rungs {
		out.WriteString(t.line(r) + "\n")
	}
	return out.String()
}

// line draws one rung. Where it passes the column between its ends, that stays visible.
func (t *three) line(r threeRung) string {
	line := []rune(strings.Repeat(" ", t.at[2]+1))
	for _, at := range t.at {
		line[at] = '|'
	}
	stroke := '-'
	if r.data {
		stroke = '='
	}
	left, right := t.at[min(r.from, r.to)], t.at[max(r.from, r.to)]
	for i := left + 1; i < right; i++ {
		line[i] = stroke
	}
	label := append(append([]rune{' '}, r.label...), ' ')
	copy(line[left+5:], label)
	if r.from < r.to {
		line[right-1] = '>'
	} else {
		line[left+1] = '<'
	}
	if middle := t.at[1]; left < middle && middle < right && middle > left+5+len(label) {
		copy(line[middle-1:], []rune(" | "))
	}
	if r.failed {
		return string(line) + "   <- fails here"
	}
	return string(line)
}
