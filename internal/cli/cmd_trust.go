package cli

import (
	"errors"
	"fmt"
	"strings"

	"ferry/internal/app"
	"ferry/internal/cli/help"
	"ferry/internal/config"
	"ferry/internal/report"
	"ferry/internal/report/words"
	"ferry/internal/text"

	"github.com/spf13/cobra"
)

const trustHelp = `Trust what a ferry.yaml contains now, so that ferry obeys it where it finds it by
searching: in the working directory or above. A configuration runs commands, reads
passwords and connects to servers; one that came with a download, or from somebody
else, must not do so unasked. On a terminal ferry asks by itself; after any change
of the file it asks again.

Without FILE this is the file that would be found. A file that others can write to
is refused: trust would not help it.

No trust is needed for --config FILE, for the file in your configuration directory,
and for what "ferry init" has written.

--revoke takes the trust back. --list prints what is trusted.`

// trustFlags are the options of trust.
type trustFlags struct{ revoke, list bool }

func trustCommand(prog *program) *cobra.Command {
	var flags trustFlags
	cmd := &cobra.Command{
		Use:     "trust [FILE]",
		Short:   "Trust what a ferry.yaml contains, so that ferry obeys it",
		Long:    trustHelp,
		Example: "  ferry trust\n  ferry trust ~/site/ferry.yaml\n  ferry trust --list",
		Args:    help.Count(cobra.MaximumNArgs(1)),
	}
	cmd.Flags().BoolVar(&flags.revoke, "revoke", false, "take the trust back")
	cmd.Flags().BoolVar(&flags.list, "list", false, "print what is trusted")
	cmd.RunE = prog.run(func(_ *cobra.Command, args []string) error { return prog.trust(args, &flags) })
	return cmd
}

func (prog *program) trust(args []string, flags *trustFlags) error {
	path := ""
	if len(args) > 0 {
		path = args[0]
	}
	switch {
	case flags.list && (flags.revoke || path != ""):
		return app.Usage(errors.New("--list prints all that is trusted"), "leave out the file and --revoke")
	case flags.list:
		return prog.listTrust()
	case prog.common.dryRun:
		return app.Usage(errors.New("--dry-run has nothing to show here"), "\"ferry trust --list\" prints what is trusted")
	case flags.revoke:
		return prog.revokeTrust(path)
	}
	file, err := prog.workspace().TrustFile(path)
	if err != nil {
		return err
	}
	prog.talk().Note("%s is trusted as it is now", text.Clean(file.Path))
	for _, p := range file.Profiles {
		prog.talk().Note("  %s: %s and %s%s", p.Name, text.Clean(p.Local), text.Clean(p.Remote.String()), commandsOf(p))
	}
	return nil
}

// commandsOf says what else than transfers a profile asks for.
func commandsOf(p *config.Profile) string {
	var has []string
	if len(p.Hooks.All()) > 0 {
		has = append(has, "hooks")
	}
	if p.MergeTool != "" {
		has = append(has, "a merge tool")
	}
	if p.Password.IsCommand() {
		has = append(has, "a command for the password")
	}
	if p.Deploy != nil && p.Deploy.StateKey.IsCommand() {
		has = append(has, "a command for the state-key")
	}
	if len(has) == 0 {
		return ""
	}
	return ", with " + strings.Join(has, " and ")
}

func (prog *program) revokeTrust(path string) error {
	file, was, err := prog.workspace().RevokeTrust(path)
	if err != nil {
		return err
	}
	if !was {
		prog.talk().Note("%s was not trusted", text.Clean(file))
		return nil
	}
	prog.talk().Note("%s is not trusted any more", text.Clean(file))
	return nil
}

type jsonTrust struct {
	Type string `json:"type"`
	app.TrustRecord
}

func (prog *program) listTrust() error {
	all, err := prog.workspace().Trust().All()
	if err != nil {
		return err
	}
	for _, r := range all {
		if prog.common.json {
			report.WriteJSON(prog.env.Stdout, jsonTrust{"trust", r})
			continue
		}
		fmt.Fprintf(prog.env.Stdout, "%s  %s\n", words.When(r.Time, prog.env.Now()), text.Clean(r.Path))
	}
	if len(all) == 0 {
		prog.talk().Note("no file is trusted")
	}
	return nil
}
