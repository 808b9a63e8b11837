package cli

import (
	"ferry/internal/report"
	"fmt"
	"runtime"
	"runtime/debug"

	"ferry/internal/cli/help"

	"github.com/spf13/cobra"
)

func versionCommand(prog *program) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  help.Count(cobra.NoArgs),
		RunE: prog.run(func(*cobra.Command, []string) error {
			v := buildVersion()
			if prog.common.json {
				report.WriteJSON(prog.env.Stdout, map[string]string{"type": "version", "version": v, "go": runtime.Version(), "platform": platform()})
				return nil
			}
			_, err := fmt.Fprintln(prog.env.Stdout, versionLine())
			return err
		}),
	}
}

// versionLine says which program this is.
func versionLine() string {
	return fmt.Sprintf("ferry %s %s %s", buildVersion(), runtime.Version(), platform())
}

func platform() string { return runtime.GOOS + "/" + runtime.GOARCH }

// version is that of a release. The linker sets it: -ldflags "-X <module>/internal/cli.version=1.2.3".
var version string

// buildVersion returns the version of a release, or else what the go command put into
// the program: the version of the module where it was installed as one, or the commit
// it was built from.
func buildVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(len(s.Value), 12)]
		case "vcs.modified":
			if s.Value == "true" {
				changed = "+changes"
			}
		}
	}
	if commit == "" {
		return "devel"
	}
	return "devel-" + commit + changed
}
