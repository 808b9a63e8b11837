package service

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// A Manager keeps services running.
type Manager interface {
	// Text returns the definition of a service, as it is installed.
	Text(Spec) (string, error)
	// Install writes the definition, and has the service run from now on. It
	// replaces one of the same name that is for the same configuration. Notes are
	// what the user should know.
	Install(context.Context, Spec) (notes []string, err error)
	// Uninstall stops a service and removes its definition. A service that is not
	// there is no error, and reported as false.
	Uninstall(ctx context.Context, name string) (bool, error)
	// Status says how a service is doing.
	Status(ctx context.Context, name string) (State, error)
	// Names returns the services that were installed by [Manager.Install].
	Names() ([]string, error)
}

// A Runner runs a program and returns what it printed on both outputs. Its error
// says how the program ended.
type Runner func(ctx context.Context, program string, args ...string) (string, error)

// Run is the [Runner] of this system.
func Run(ctx context.Context, program string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, program, args...).CombinedOutput()
	return string(out), err
}

// A World is what a manager needs to know of a system and its user.
type World struct {
	OS   string // as runtime.GOOS
	Home string
	// Config is the user's directory for configuration (XDG), Data that for
	// programs' own data on Windows.
	Config, Data string
	UID          int
	User         string // name, on Windows with its domain
	Run          Runner
}

// For returns the manager of a system.
func For(w World) (Manager, error) {
	switch w.OS {
	case "linux":
		return systemd{w}, nil
	case "darwin":
		return launchd{w}, nil
	case "windows":
		return scheduler{w}, nil
	}
	return nil, &Problem{fmt.Errorf("there is no service manager for users that ferry knows on %s", w.OS),
		`have "ferry watch" started at boot by what there is: a script in rc.d, or @reboot in a crontab`}
}

// ran returns the error of a program that was run, with what it said.
func ran(program string, args []string, out string, err error) error {
	if err == nil {
		return nil
	}
	what := strings.Join(append([]string{program}, args...), " ")
	if said := strings.Join(strings.Fields(out), " "); said != "" {
		return fmt.Errorf("%s: %w: %s", what, err, said)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// missing reports whether a program could not be run because it is not there.
func missing(err error) bool { return errors.Is(err, exec.ErrNotFound) }
