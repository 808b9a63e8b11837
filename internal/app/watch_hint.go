package app

import (
	"regexp"
	"strings"

	"ferry/sync"
)

// runAgain is how the hints of refused passes name the option that allows them.
var runAgain = regexp.MustCompile(`run again with (--[a-z-]+)`)

// watchHint returns the hint of a pass for somebody who sees it from a watch. A watch
// does not take the options that are for one pass, but hands a halted pair over to the
// pass that does.
func watchHint(hint string, p *Pair) string {
	command := p.Command("sync")
	if p.Direct && p.Direction != sync.Both {
		command = p.Command(p.Direction.String())
	}
	return runAgain.ReplaceAllString(p.nameIn(hint), `type "`+strings.ReplaceAll(command, "$", "$$")+` $1" beside the watch`)
}
