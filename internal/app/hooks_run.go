package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"ferry/internal/config"
	"ferry/internal/hooks"
	"ferry/sync"
)

// fields returns what a hook is told of the pair and of a pass that did s.
func (h *passHooks) fields(name string, s sync.Summary, more ...hooks.Field) []hooks.Field {
	fields := []hooks.Field{
		{Name: "hook", Value: name},
		{Name: "profile", Value: h.pair.ProfileName()},
		{Name: "local", Value: h.pair.Local},
		{Name: "remote", Value: h.pair.Remote.String()},
		{Name: "direction", Value: h.pair.Direction.String()},
		{Name: "time", Value: h.opener.Now().UTC().Format(time.RFC3339)},
		{Name: "uploaded", Value: s.Uploaded},
		{Name: "downloaded", Value: s.Downloaded},
		{Name: "deleted_local", Value: s.DeletedLocal},
		{Name: "deleted_remote", Value: s.DeletedRemote},
		{Name: "moved", Value: s.Moved},
		{Name: "made_dirs", Value: s.MadeDirs},
		{Name: "adopted", Value: s.Adopted},
		{Name: "conflicts", Value: s.Conflicts},
		{Name: "failed", Value: s.Failed},
		{Name: "skipped", Value: s.Skipped},
		{Name: "problems", Value: s.Problems},
		{Name: "bytes_up", Value: s.BytesUp},
		{Name: "bytes_down", Value: s.BytesDown},
		{Name: "seconds", Value: s.Seconds},
	}
	return append(fields, more...)
}

// quietLines is how many lines of the output of a hook are kept where it is only shown
// if the hook fails.
const quietLines = 20

// run runs one hook and passes its output on. In quiet mode only its last lines are
// passed on, and only if the hook fails.
func (h *passHooks) run(ctx context.Context, name, do string, ev hooks.Event) error {
	var kept []string
	say := func(line string) { h.talk.Say(name+" hook: ", line) }
	hook := hooks.Hook{Do: do, Timeout: h.pair.Hooks.Timeout, Environ: h.environ(), Out: say}
	if h.pair.File != "" {
		hook.Dir = filepath.Dir(h.pair.File)
	}
	if h.opener.Quiet {
		hook.Out = func(line string) { kept = append(kept, line)[max(0, len(kept)+1-quietLines):] }
	}
	h.opener.Log.Info("running a hook", "hook", name)
	err := hook.Run(ctx, ev)
	if err == nil || ctx.Err() != nil {
		return err
	}
	for _, line := range kept {
		say(line)
	}
	hookErr := &Error{Code: ExitHook, Err: fmt.Errorf("%s hook: %w", name, err)}
	switch {
	case errors.Is(err, hooks.ErrTimeout):
		hookErr.Hint = "hooks: {timeout: 10m} in the profile gives its hooks more time"
	case name == "before":
		hookErr.Hint = "nothing was changed: the before hook must succeed for a pass to begin"
	}
	return hookErr
}

// environ returns the environment of hooks: that of this process without the
// passwords of all profiles of the file, and with the state directory of this run.
func (h *passHooks) environ() []string {
	secret := append([]string{config.PasswordVariable, config.SourceVariable, config.DashboardVariable, "FERRY_STATE_DIR"}, h.pair.secrets...)
	if name := h.pair.Password.Variable(); name != "" {
		secret = append(secret, name)
	}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.ContainsFunc(secret, func(s string) bool { return sameVariable(s, name) })
	})
	return append(env, "FERRY_STATE_DIR="+h.opener.StateDir)
}

// sameVariable reports whether two names are those of one variable.
func sameVariable(a, b string) bool {
	return a == b || runtime.GOOS == "windows" && strings.EqualFold(a, b)
}

// inOrder returns paths sorted, each once.
func inOrder(paths []string) []string {
	slices.Sort(paths)
	return slices.Compact(paths)
}

// RunsCommands reports whether a profile has commands of its own, which may need to
// become another user, as sudo does.
func RunsCommands(p *config.Profile) bool {
	return slices.ContainsFunc(p.Hooks.All(), func(do string) bool { return !hooks.IsURL(do) }) ||
		slices.ContainsFunc(p.Secrets(), config.Secret.IsCommand)
}
