package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/service"
)

// installServices installs a service for each profile, or one for all.
func (prog *program) installServices(ctx context.Context, flags *serviceFlags, args []string) error {
	file, err := prog.workspace().Config()
	if err != nil {
		return err
	}
	profiles, err := file.Select(args)
	if err != nil {
		return app.Usage(err, config.Hint(err))
	}
	if profiles, err = keptInStep(profiles, len(args) > 0, prog.talk().Note); err != nil {
		return err
	}
	manager, err := prog.serviceManager()
	if err != nil {
		return err
	}
	specs, err := prog.serviceSpecs(file, profiles, flags, args)
	if err != nil {
		return err
	}
	if flags.print || prog.common.dryRun {
		return prog.printServices(manager, specs)
	}
	for _, p := range profiles {
		prog.warnNoPassword(ctx, p)
	}
	told := make(map[string]bool)
	for _, s := range specs {
		notes, err := manager.Install(ctx, s)
		if err != nil {
			return fmt.Errorf("installing %s: %w", s.Name, err)
		}
		prog.tellService(serviceResult{State: service.State{Name: s.Name, ConfigFile: s.ConfigFile, Installed: true}, Did: "installed"})
		for _, note := range notes {
			if !told[note] {
				prog.talk().Note("%s", note)
			}
			told[note] = true
		}
	}
	return nil
}

func (prog *program) printServices(manager service.Manager, specs []service.Spec) error {
	for _, s := range specs {
		text, err := manager.Text(s)
		if err != nil {
			return err
		}
		fmt.Fprint(prog.env.Stdout, text)
	}
	return nil
}

// serviceSpecs returns the services for profiles of a file, which args name.
func (prog *program) serviceSpecs(file *config.File, profiles []*config.Profile, flags *serviceFlags, args []string) ([]service.Spec, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the path of ferry: %w", err)
	}
	if strings.Contains(filepath.ToSlash(program), "/go-build") {
		return nil, failed(fmt.Errorf("%s goes away with the command that built it", program), "\"go install .\" puts ferry where it stays; run that one")
	}
	one := func(name string, profiles []*config.Profile, args ...string) service.Spec {
		about := "ferry: keeps what " + filepath.Base(file.Path) + " names in sync"
		if len(args) > 0 {
			about = "ferry: keeps " + strings.Join(args, ", ") + " in sync"
		}
		return service.Spec{
			Name: name, Description: about, Program: program, ConfigFile: file.Path,
			Args:            append(prog.watchArgs(file), args...),
			AllowPrivileges: slices.ContainsFunc(profiles, app.RunsCommands),
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
func (prog *program) watchArgs(file *config.File) []string {
	args := []string{"watch", "--config", file.Path}
	if prog.common.stateDir != "" || prog.env.Getenv("FERRY_STATE_DIR") != "" {
		args = append(args, "--state-dir", prog.opener().StateDir)
	}
	return args
}

// warnNoPassword warns where the password of a profile comes from a place that a
// service does not have: the environment of this shell, or a person.
func (prog *program) warnNoPassword(ctx context.Context, p *config.Profile) {
	const way = "a service needs it from password: {file: PATH} or {command: CMD}, or from ~/.netrc"
	if name := p.Password.Variable(); name != "" {
		prog.talk().Warn("%s: the password is in the variable %s, which a service does not see; %s", p.Name, name, way)
		return
	}
	warnKeyring := func(from string) {
		if strings.HasPrefix(from, "the keyring") {
			prog.talk().Warn("%s: the password is in the keyring, which a service has only while you are logged in to the desktop; otherwise %s", p.Name, way)
		}
	}
	if !p.Password.IsZero() {
		warnKeyring(p.Password.Place())
		return
	}
	finder := config.Finder{Home: prog.env.Home, Keyring: prog.env.Keyring, Getenv: func(name string) string {
		if name == config.PasswordVariable {
			return ""
		}
		return prog.env.Getenv(name)
	}}
	user, err := finder.User(p)
	if err == nil {
		var from string
		_, from, err = finder.Password(ctx, p, user)
		warnKeyring(from)
	}
	if errors.Is(err, config.ErrNoPassword) {
		prog.talk().Warn("%s: there is no password but %s or a question; %s", p.Name, config.PasswordVariable, way)
	}
}
