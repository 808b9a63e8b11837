package service

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// A Manager installs services, which it keeps running.
type Manager interface {
	// Text returns the definition of a service.
	Text(Spec) (string, error)
	// Install writes the definition and starts the service, now and at each login.
	// It replaces a service of the same name for the same configuration file. The
	// notes are for the user.
	Install(context.Context, Spec) (notes []string, err error)
	// Uninstall stops a service and removes its definition. It returns false if the
	// service is not installed.
	Uninstall(ctx context.Context, name string) (bool, error)
	// Status returns the state of a service.
	Status(ctx context.Context, name string) (State, error)
	// Names returns the names of the installed services.
	Names() ([]string, error)
}

// A Runner runs a program and returns its output and error output.
type Runner func(ctx context.Context, program string, args ...string) (string, error)

// Run is the [Runner] that runs real programs.
func Run(ctx context.Context, program string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, program, args...).CombinedOutput()
	return string(out), err
}

// A System is what a manager needs to know about the system and the user.
type System struct {
	OS      string // as runtime.GOOS
	HomeDir string
	// ConfigDir is the user's XDG configuration directory. DataDir is the directory
	// for data of programs on Windows.
	ConfigDir, DataDir string
	UID                int
	User               string // name; on Windows with the domain
	Run                Runner
}

// New returns the service manager of a system.
func New(s System) (Manager, error) {
	switch s.OS {
	case "linux":
		return systemd{s}, nil
	case "darwin":
		return launchd{s}, nil
	case "windows":
		return scheduler{s}, nil
	}
	return nil, &Problem{fmt.Errorf("ferry knows no service manager for users on %s", s.OS),
		`start "ferry watch" in another way, for example with a script in rc.d or @reboot in a crontab`}
}

// commandError adds the command and its output to the error of a program.
func commandError(program string, args []string, out string, err error) error {
	if err == nil {
		return nil
	}
	what := strings.Join(append([]string{program}, args...), " ")
	if said := strings.Join(strings.Fields(out), " "); said != "" {
		return fmt.Errorf("%s: %w: %s", what, err, said)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// notFound reports whether a program could not be run because it does not exist.
func notFound(err error) bool { return errors.Is(err, exec.ErrNotFound) }
