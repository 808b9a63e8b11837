package app

import (
	"regexp"
	"strings"

	"ferry/internal/text"
)

// runAgain is how the hints of refused passes name the option that allows them.
var runAgain = regexp.MustCompile(`run again with (--[a-z-]+)`)

// watchHint returns the hint of a pass for somebody who sees it from a watch. A watch
// does not take the options that are for one pass, but hands a halted pair over to the
// pass that does.
func watchHint(hint string, p *Pair) string {
	command := "ferry sync " + text.ShellWord(p.ProfileName())
	if p.Direct {
		command = "ferry sync " + text.ShellWord(p.Local) + " " + text.ShellWord(p.Remote.String())
	}
	return runAgain.ReplaceAllString(hint, `type "`+strings.ReplaceAll(command, "$", "$$")+` $1" beside the watch`)
}
