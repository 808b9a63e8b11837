package cli

import (
	_ "embed"
	"fmt"
	"io"

	"ferry/internal/app"
	"ferry/internal/cli/help"

	"github.com/spf13/cobra"
)

const completionHelp = `Print a script that lets a shell complete the commands, options, values and profiles
of ferry: bash, zsh, fish or powershell. What it needs is in the script: for bash no
other package has to be there.

  bash        ferry completion bash > ~/.local/share/bash-completion/completions/ferry
              or, without the package bash-completion, in ~/.bashrc:
              source <(ferry completion bash)
  zsh         ferry completion zsh > "${fpath[1]}/_ferry"
  fish        ferry completion fish > ~/.config/fish/completions/ferry.fish
  powershell  ferry completion powershell | Out-String | Invoke-Expression`

//go:embed completion.bash
var bashCompletion string

func completionCommand(prog *program) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:       "completion SHELL",
		Short:     "Print a script that completes commands in a shell",
		Long:      completionHelp,
		Example:   "  source <(ferry completion bash)\n  ferry completion fish > ~/.config/fish/completions/ferry.fish",
		ValidArgs: shells,
		Args:      help.Count(cobra.ExactArgs(1)),
		RunE: prog.run(func(cmd *cobra.Command, args []string) error {
			root, out := cmd.Root(), prog.env.Stdout
			switch args[0] {
			case "bash":
				_, err := io.WriteString(out, bashCompletion)
				return err
			case "zsh":
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(out)
			}
			return app.Usage(fmt.Errorf("there is no completion for %q", args[0]), "choose one of bash, zsh, fish, powershell")
		}),
	}
}
