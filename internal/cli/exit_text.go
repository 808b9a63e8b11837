package cli

import (
	"fmt"
	"strings"

	"ferry/internal/cli/help"
)

// exitMeanings say what the exit codes of a pass mean, in the order of the help.
var exitMeanings = []struct {
	code    int
	meaning string
}{
	{ExitOK, "in sync (or: the plan was printed)"},
	{ExitFailed, "failed"},
	{ExitUsage, "wrong usage or configuration"},
	{ExitIncomplete, "done, but some files failed, or could not be read"},
	{ExitConnect, "could not connect or log in"},
	{ExitConflicts, "done, and this pass left conflicts"},
	{ExitUnsafe, "refused as unsafe: nothing was deleted or overwritten"},
	{ExitLocked, "another run holds this pair"},
	{ExitHook, "a hook failed, or a check after a deploy"},
	{ExitSuperseded, "deploy: a newer release is live, or releases are held"},
	{ExitPending, "status --exit-code: changes are pending; verify: the sides differ"},
	{ExitInterrupted, "interrupted: what was finished is recorded, the rest is as it was"},
}

// exitHelp is the part of a help about some exit codes; no codes: all of them.
func exitHelp(codes ...int) string {
	var b strings.Builder
	b.WriteString("\n" + help.ExitTitle)
	for _, e := range exitMeanings {
		wanted := len(codes) == 0
		for _, code := range codes {
			wanted = wanted || code == e.code
		}
		if wanted {
			fmt.Fprintf(&b, "  %3d %s\n", e.code, e.meaning)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// passExits is the part of a help about the exit codes of a pass.
var passExits = exitHelp(ExitOK, ExitFailed, ExitUsage, ExitIncomplete, ExitConnect, ExitConflicts, ExitUnsafe, ExitLocked, ExitHook, ExitInterrupted)
