package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"

	"ferry/internal/app"
	"ferry/internal/cli/help"
	"ferry/internal/config"
	"ferry/internal/service"

	"github.com/spf13/cobra"
)

const serviceHelp = `Have the service manager of this user keep "ferry watch" running: systemd on
Linux, launchd on macOS, the task scheduler on Windows. No other rights than your
own are needed.

Without profiles there is one service, "ferry", for all of ferry.yaml; with
profiles each gets its own, "ferry-PROFILE". --name makes one service with this
name for all of them.

A service has no terminal to ask for a password, and does not have the environment
of your shell: the password must come from a file, a command or ~/.netrc. Service
files never hold one. docs/service.md says more, and how to do it by hand.`

const installServiceHelp = `Write the service, start it, and have the system start it from now on. An existing
one for the same ferry.yaml is replaced and restarted. A file that ferry did not
write is left alone.

--print prints what would be written, and does nothing.`

const uninstallServiceHelp = `Stop the service and remove what "ferry service install" has written. Without
profiles all services of this ferry.yaml go. What ferry remembers of the pairs
stays, and so do all files.`

const statusServiceHelp = `Say whether the services run, and where their log is. Without profiles this lists
all services that "ferry service install" has written, for any ferry.yaml.

EXIT STATUS
  0 all of them run
  1 one does not run or is not installed, or the service manager cannot be asked`

// serviceFlags are the options of the commands about services.
type serviceFlags struct {
	name  string
	print bool
}

func serviceCommand(prog *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "service",
		Short: "Have the system keep \"ferry watch\" running",
		Long:  serviceHelp,
		Example: `  ferry service install             one service for all of ferry.yaml
  ferry service install site        one for this profile
  ferry service status
  ferry service uninstall`,
		Args: help.NoCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		prog.serviceSub("install", "Write the service, and start it", installServiceHelp, prog.installServices),
		prog.serviceSub("uninstall", "Stop the service, and remove it", uninstallServiceHelp, prog.uninstallServices),
		prog.serviceSub("status", "Say whether the service runs", statusServiceHelp, prog.serviceStatus),
	)
	return cmd
}

func (prog *program) serviceSub(name, short, long string, work func(context.Context, *serviceFlags, []string) error) *cobra.Command {
	var flags serviceFlags
	cmd := &cobra.Command{
		Use:               name + " [PROFILE...]",
		Short:             short,
		Long:              long,
		ValidArgsFunction: prog.completeProfiles,
	}
	cmd.Flags().StringVar(&flags.name, "name", "", "call the service `NAME`")
	if name == "install" {
		cmd.Flags().BoolVar(&flags.print, "print", false, "print what would be written, and do nothing")
	}
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		if slices.ContainsFunc(args, config.IsURL) {
			return app.Usage(errors.New("a service runs profiles, not a pair given as LOCAL URL"), "\"ferry init LOCAL URL --name NAME\" makes a profile of it")
		}
		if flags.name != "" && service.Name(flags.name) != "ferry-"+flags.name {
			return app.Usage(fmt.Errorf("%q is not a valid name for a service", flags.name), "a name has letters, digits, and _ - .")
		}
		return explained(work(cmd.Context(), &flags, args))
	})
	return cmd
}

// explained adds the hint of a problem with services.
func explained(err error) error {
	var problem *service.Problem
	var coded *app.Error
	if errors.As(err, &problem) && !errors.As(err, &coded) && !said(err) {
		return failed(err, problem.Hint)
	}
	return err
}

func (prog *program) serviceManager() (service.Manager, error) {
	w := service.System{
		OS: runtime.GOOS, HomeDir: prog.env.Home, DataDir: prog.env.Getenv("LocalAppData"),
		UID: os.Getuid(), Run: service.Run,
	}
	if dir := prog.env.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		w.ConfigDir = dir
	}
	if u, err := user.Current(); err == nil {
		w.User = u.Username
	}
	if w.HomeDir == "" {
		return nil, errors.New("the home directory is not known")
	}
	return service.New(w)
}
