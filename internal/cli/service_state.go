package cli

import (
	"context"
	"fmt"
	"strings"

	"ferry/internal/config"
	"ferry/internal/service"
)

// uninstallServices removes the services of the profiles that args name, or all
// of this ferry.yaml.
func (a *app) uninstallServices(ctx context.Context, flags *serviceFlags, args []string) error {
	manager, err := a.serviceManager()
	if err != nil {
		return err
	}
	names := serviceNames(flags, args)
	if len(names) == 0 {
		if names, err = a.ownServices(ctx, manager); err != nil {
			return err
		}
	}
	for _, name := range names {
		if a.common.dryRun {
			a.tellService(serviceResult{State: service.State{Name: name}, Did: "would be removed"})
			continue
		}
		was, err := manager.Uninstall(ctx, name)
		switch {
		case err != nil:
			return fmt.Errorf("removing %s: %w", name, err)
		case !was:
			a.talk().note("%s is not installed", name)
		default:
			a.tellService(serviceResult{State: service.State{Name: name}, Did: "removed"})
		}
	}
	return nil
}

// serviceNames returns the services that are named, none where none is.
func serviceNames(flags *serviceFlags, args []string) []string {
	if flags.name != "" {
		return []string{service.Name(flags.name)}
	}
	var names []string
	for _, arg := range args {
		names = append(names, service.Name(arg))
	}
	return names
}

// ownServices returns the installed services of the ferry.yaml that counts.
func (a *app) ownServices(ctx context.Context, manager service.Manager) ([]string, error) {
	path := a.common.config
	if path == "" {
		found, err := config.Find(a.env.Dir, a.env.Home, a.env.Getenv)
		if err != nil {
			return nil, usage(err, config.Hint(err))
		}
		path = found
	}
	path = a.absolute(path)
	all, err := manager.Names()
	if err != nil {
		return nil, err
	}
	var own []string
	for _, name := range all {
		// Where the manager cannot be asked, what was written still tells this.
		if s, _ := manager.Status(ctx, name); s.ConfigFile == path {
			own = append(own, name)
		}
	}
	if len(own) == 0 {
		err := fmt.Errorf("no service is installed for %s", path)
		if len(all) > 0 {
			return nil, &codeError{code: ExitFailed, err: err, hint: "there are " + strings.Join(all, ", ") + "; \"ferry service status\" says what for"}
		}
		return nil, err
	}
	return own, nil
}

// serviceStatus tells how services are doing.
func (a *app) serviceStatus(ctx context.Context, flags *serviceFlags, args []string) error {
	manager, err := a.serviceManager()
	if err != nil {
		return err
	}
	names := serviceNames(flags, args)
	if len(names) == 0 {
		if names, err = manager.Names(); err != nil {
			return err
		}
		if len(names) == 0 {
			a.talk().note("no service is installed; \"ferry service install\" does it")
			return exit(ExitFailed)
		}
	}
	code := ExitOK
	for _, name := range names {
		s, err := manager.Status(ctx, name)
		if err != nil {
			return err
		}
		if a.tellService(serviceResult{State: s}); !s.Running {
			code = ExitFailed
		}
	}
	return exit(code)
}

// A serviceResult is what is told of a service: what was done to it, or how it is
// doing.
type serviceResult struct {
	Type string `json:"type"`
	service.State
	Did string `json:"did,omitempty"`
}

func (a *app) tellService(r serviceResult) {
	if a.common.json {
		r.Type = "service"
		writeJSON(a.env.Stdout, r)
		return
	}
	if a.common.quiet {
		return
	}
	line := r.Name + ": "
	switch {
	case r.Did != "":
		line += r.Did
	case !r.Installed:
		line += "not installed"
	case r.Running:
		line += "running"
		if r.PID != 0 {
			line += fmt.Sprintf(", process %d", r.PID)
		}
	default:
		line += "not running"
	}
	if r.Detail != "" {
		line += ": " + r.Detail
	}
	fmt.Fprintln(a.env.Stdout, clean(line))
	if r.Did != "" || !r.Installed {
		return
	}
	for _, more := range [][2]string{{"for", r.ConfigFile}, {"file", r.File}, {"log", r.Log}} {
		if more[1] != "" {
			fmt.Fprintf(a.env.Stdout, "  %-5s %s\n", more[0], clean(more[1]))
		}
	}
	if !r.Enabled {
		fmt.Fprintln(a.env.Stdout, "  does not start by itself")
	}
}
