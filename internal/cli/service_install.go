package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ferry/internal/config"
	"ferry/internal/hooks"
	"ferry/internal/service"
)

// installServices installs a service for each profile, or one for all.
func (a *app) installServices(ctx context.Context, flags *serviceFlags, args []string) error {
	file, err := a.readConfig()
	if err != nil {
		return err
	}
	profiles, err := file.Select(args)
	if err != nil {
		return usage(err, config.Hint(err))
	}
	manager, err := a.serviceManager()
	if err != nil {
		return err
	}
	specs, err := a.serviceSpecs(file, profiles, flags, args)
	if err != nil {
		return err
	}
	if flags.print || a.common.dryRun {
		return a.printServices(manager, specs)
	}
	for _, p := range profiles {
		a.warnNoPassword(ctx, p)
	}
	told := make(map[string]bool)
	for _, s := range specs {
		notes, err := manager.Install(ctx, s)
		if err != nil {
			return fmt.Errorf("installing %s: %w", s.Name, err)
		}
		a.tellService(serviceResult{State: service.State{Name: s.Name, ConfigFile: s.ConfigFile, Installed: true}, Did: "installed"})
		for _, note := range notes {
			if !told[note] {
				a.talk().note("%s", note)
			}
			told[note] = true
		}
	}
	return nil
}

func (a *app) printServices(manager service.Manager, specs []service.Spec) error {
	for _, s := range specs {
		text, err := manager.Text(s)
		if err != nil {
			return err
		}
		fmt.Fprint(a.env.Stdout, text)
	}
	return nil
}

// serviceSpecs returns the services for profiles of a file, which args name.
func (a *app) serviceSpecs(file *config.File, profiles []*config.Profile, flags *serviceFlags, args []string) ([]service.Spec, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the path of ferry: %w", err)
	}
	if strings.Contains(filepath.ToSlash(program), "/go-build") {
		return nil, &codeError{code: ExitFailed, err: fmt.Errorf("%s goes away with the command that built it", program),
			hint: "\"go install .\" puts ferry where it stays; run that one"}
	}
	one := func(name string, profiles []*config.Profile, args ...string) service.Spec {
		about := "ferry: keeps what " + filepath.Base(file.Path) + " names in step"
		if len(args) > 0 {
			about = "ferry: keeps " + strings.Join(args, ", ") + " in step"
		}
		return service.Spec{
			Name: name, Description: about, Program: program, ConfigFile: file.Path,
			Args:            append(a.watchArgs(file), args...),
			AllowPrivileges: slices.ContainsFunc(profiles, runsCommands),
		}
	}
	switch {
	case flags.name != "":
		return []service.Spec{one(service.Name(flags.name), profiles, args...)}, nil
	case len(args) == 0:
		return []service.Spec{one(service.Name(""), profiles)}, nil
	}
	var specs []service.Spec
	for _, p := range profiles {
		specs = append(specs, one(service.Name(p.Name), []*config.Profile{p}, p.Name))
	}
	return specs, nil
}

// watchArgs returns the command line of a watch that is run from anywhere.
func (a *app) watchArgs(file *config.File) []string {
	args := []string{"watch", "--config", file.Path}
	if a.common.stateDir != "" || a.env.Getenv("FERRY_STATE_DIR") != "" {
		args = append(args, "--state-dir", a.stateDir())
	}
	return args
}

// runsCommands reports whether a profile has commands of its own, which may need
// to become another user, as sudo does.
func runsCommands(p *config.Profile) bool {
	return slices.ContainsFunc([]string{p.Hooks.Before, p.Hooks.After, p.Hooks.OnConflict, p.Hooks.OnError}, func(do string) bool {
		return do != "" && !hooks.IsURL(do)
	}) || p.Password.IsCommand()
}

// warnNoPassword warns where the password of a profile comes from a place that a
// service does not have: the environment of this shell, or a person.
func (a *app) warnNoPassword(ctx context.Context, p *config.Profile) {
	const way = "a service needs it from password: {file: PATH} or {command: CMD}, or from ~/.netrc"
	if name := p.Password.Variable(); name != "" {
		a.talk().warn("%s: the password is in the variable %s, which a service does not see; %s", p.Name, name, way)
		return
	}
	if !p.Password.IsZero() {
		return
	}
	finder := config.Finder{Home: a.env.Home, Getenv: func(name string) string {
		if name == config.PasswordVariable {
			return ""
		}
		return a.env.Getenv(name)
	}}
	user, err := finder.User(p)
	if err == nil {
		_, err = finder.Password(ctx, p, user)
	}
	if errors.Is(err, config.ErrNoPassword) {
		a.talk().warn("%s: there is no password but %s or a question; %s", p.Name, config.PasswordVariable, way)
	}
}
