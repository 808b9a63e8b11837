package app

import (
	"regexp"

	"ferry/internal/text"
	"ferry/sync"
)

// Command returns what to type for a command about this pair, as "ferry status site" or, for
// a pair without a profile, "ferry status LOCAL URL". A URL is written without a password.
func (p *Pair) Command(command string) string {
	if p.Target != nil {
		typed := "ferry copy " + text.ShellWord(p.Remote.String()) + " " + text.ShellWord(p.Target.Remote.String())
		if command == "status" {
			typed += " --dry-run"
		}
		return typed
	}
	typed := "ferry " + command
	if name := p.ProfileName(); name != "" {
		typed += " " + text.ShellWord(name)
		if p.configFile != "" {
			typed += " --config " + text.ShellWord(p.configFile)
		}
		return typed
	}
	typed += " " + text.ShellWord(p.Local) + " " + text.ShellWord(p.Remote.String())
	if command == "status" && p.Direction != sync.Both {
		typed += " --direction " + p.Direction.String()
	}
	return typed
}

// bareCommand matches the commands in hints that are about the pair at hand, without it.
var bareCommand = regexp.MustCompile(`"ferry (status|conflicts|trash|releases --drift)"`)

// HintFor returns the way out of an error about a pair, as [Hint] does. The commands in it
// can be typed as they stand. p is nil where the error is about no pair.
func HintFor(err error, p *Pair) string {
	if p == nil {
		return Hint(err)
	}
	return p.nameIn(Hint(err))
}

// nameIn completes the commands in a hint with the pair.
func (p *Pair) nameIn(hint string) string {
	return bareCommand.ReplaceAllStringFunc(hint, func(quoted string) string {
		return `"` + p.Command(quoted[len(`"ferry `):len(quoted)-1]) + `"`
	})
}
