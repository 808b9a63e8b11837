package cli

import (
	"context"
	"fmt"
	"strings"

	"ferry/internal/report"
	"ferry/internal/service"
	"ferry/internal/text"
)

// uninstallServices removes the services of the profiles that args name, or all
// of this ferry.yaml.
func (prog *program) uninstallServices(ctx context.Context, flags *serviceFlags, args []string) error {
	manager, err := prog.serviceManager()
	if err != nil {
		return err
	}
	names := serviceNames(flags, args)
	if len(names) == 0 {
		if names, err = prog.ownServices(ctx, manager); err != nil {
			return err
		}
	}
	for _, name := range names {
		if prog.common.dryRun {
			prog.tellService(serviceResult{State: service.State{Name: name}, Did: "would be removed"})
			continue
		}
		was, err := manager.Uninstall(ctx, name)
		switch {
		case err != nil:
			return fmt.Errorf("removing %s: %w", name, err)
		case !was:
			prog.talk().Note("%s is not installed", name)
		default:
			prog.tellService(serviceResult{State: service.State{Name: name}, Did: "removed"})
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
func (prog *program) ownServices(ctx context.Context, manager service.Manager) ([]string, error) {
	path, err := prog.workspace().ConfigPath()
	if err != nil {
		return nil, err
	}
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
			return nil, failed(err, "there are "+strings.Join(all, ", ")+"; \"ferry service status\" says what for")
		}
		return nil, err
	}
	return own, nil
}

// serviceStatus tells how services are doing.
func (prog *program) serviceStatus(ctx context.Context, flags *serviceFlags, args []string) error {
	manager, err := prog.serviceManager()
	if err != nil {
		return err
	}
	names := serviceNames(flags, args)
	if len(names) == 0 {
		if names, err = manager.Names(); err != nil {
			return err
		}
		if len(names) == 0 {
			prog.talk().Note("no service is installed; \"ferry service install\" does it")
			return exit(ExitFailed)
		}
	}
	code := ExitOK
	for _, name := range names {
		s, err := manager.Status(ctx, name)
		if err != nil {
			return err
		}
		if prog.tellService(serviceResult{State: s}); !s.Running {
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

func (prog *program) tellService(r serviceResult) {
	if prog.common.json {
		r.Type = "service"
		report.WriteJSON(prog.env.Stdout, r)
		return
	}
	if prog.common.quiet {
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
	fmt.Fprintln(prog.env.Stdout, text.Clean(line))
	if r.Did != "" || !r.Installed {
		return
	}
	for _, more := range [][2]string{{"for", r.ConfigFile}, {"file", r.File}, {"log", r.Log}} {
		if more[1] != "" {
			fmt.Fprintf(prog.env.Stdout, "  %-5s %s\n", more[0], text.Clean(more[1]))
		}
	}
	if !r.Enabled {
		fmt.Fprintln(prog.env.Stdout, "  does not start by itself")
	}
}
