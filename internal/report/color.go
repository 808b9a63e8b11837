package report

import "strings"

// A Color says whether an output shows colours.
type Color bool

// A tone says how much a line wants to be looked at.
type tone int

const (
	plain tone = iota
	mind       // somebody should know
	bad        // something is lost or wrong
)

var tones = map[tone]string{mind: "\x1b[33m", bad: "\x1b[31m"}

const noTone = "\x1b[0m"

// paint returns one line in the colour of a tone.
func (c Color) paint(t tone, line string) string {
	if !c || tones[t] == "" || line == "" {
		return line
	}
	return tones[t] + line + noTone
}

// kinds are the tones of messages by their kind.
var kinds = map[string]tone{"error: ": bad, "failed: ": bad, "warning: ": mind, "problem: ": mind, "conflict: ": mind}

// unpainted returns a line without its first colour, for those who look how it begins.
func unpainted(line string) string {
	for _, begin := range tones {
		if rest, ok := strings.CutPrefix(line, begin); ok {
			return rest
		}
	}
	return line
}
