package cli

import (
	"fmt"

	"ferry/internal/app"
	"ferry/internal/setup"
	"ferry/internal/text"
)

// writeInit writes the configuration, and says what to type next.
func (prog *program) writeInit(f *setup.File, a setup.Answer, flags *initFlags) error {
	content, err := f.TextWith(a, flags.settings(a.Pair.CA))
	if err != nil {
		return err
	}
	if prog.common.dryRun {
		_, err := fmt.Fprint(prog.env.Stdout, content)
		return err
	}
	existed, err := f.Write(content)
	if err != nil {
		return err
	}
	say := prog.talk().Note
	if existed {
		say("added the profile %s to %s", text.Clean(a.Pair.Name), text.Clean(f.Path))
	} else {
		say("wrote %s", text.Clean(f.Path))
		say("it ignores *.tmp and node_modules/: change \"ignore:\" there if those are to be carried over")
	}
	if a.Then != "" {
		say("first %s", a.Then)
	}
	rest := a.Pair.Name
	if prog.common.config != "" {
		rest += " --config " + text.ShellWord(prog.common.config)
	}
	say("next: ferry status %s    shows what the first pass would do", rest)
	say("then: ferry %s %s", map[app.Direction]string{app.Both: "sync", app.Push: "push", app.Pull: "pull"}[a.Pair.Direction], rest)
	return nil
}
