package cli

import (
	"fmt"

	"ferry/internal/report"
)

// A colorRule says when colours are shown.
type colorRule string

// The rules for colours.
const (
	colorAuto   colorRule = "auto" // on a terminal that takes them, unless NO_COLOR is set
	colorAlways colorRule = "always"
	colorNever  colorRule = "never"
)

func parseColor(s string) (colorRule, error) {
	switch rule := colorRule(s); rule {
	case colorAuto, colorAlways, colorNever:
		return rule, nil
	}
	return "", fmt.Errorf("%q is none of auto, always, never", s)
}

// colors reports whether an output shows colours. terminal says that it is a terminal.
func (prog *program) colors(terminal bool) report.Color {
	switch prog.common.color.v {
	case colorAlways:
		return true
	case colorNever:
		return false
	}
	return report.Color(terminal && prog.env.Getenv("NO_COLOR") == "" && prog.env.Getenv("TERM") != "dumb" && !prog.env.NoEscapes)
}
