package cli

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
func (h *hooked) fields(name string, s sync.Summary, more ...hooks.Field) []hooks.Field {
	head := h.pair.head(false, false)
	fields := []hooks.Field{
		{Name: "hook", Value: name},
		{Name: "profile", Value: head.profile},
		{Name: "local", Value: head.local},
		{Name: "remote", Value: head.remote},
		{Name: "direction", Value: h.pair.Direction.String()},
		{Name: "time", Value: h.app.env.Now().UTC().Format(time.RFC3339)},
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

// quietLines is how much of the output of a hook is kept where nothing is said
// unless something is wrong, in lines.
const quietLines = 20

// run runs one hook. Its output is talk; with --quiet the end of it is, where the
// hook fails.
func (h *hooked) run(ctx context.Context, name, do string, ev hooks.Event) error {
	talk := h.app.talk()
	talk.name = h.name
	var kept []string
	say := func(line string) { talk.say(name+" hook: ", line) }
	hook := hooks.Hook{Do: do, Timeout: h.pair.Hooks.Timeout, Environ: h.environ(), Out: say}
	if h.pair.File != "" {
		hook.Dir = filepath.Dir(h.pair.File)
	}
	if talk.quiet {
		hook.Out = func(line string) { kept = append(kept, line)[max(0, len(kept)+1-quietLines):] }
	}
	h.app.log().Info("running a hook", "hook", name)
	err := hook.Run(ctx, ev)
	if err == nil || ctx.Err() != nil {
		return err
	}
	for _, line := range kept {
		say(line)
	}
	failed := &codeError{code: ExitHook, err: fmt.Errorf("%s hook: %w", name, err)}
	switch {
	case errors.Is(err, hooks.ErrTimeout):
		failed.hint = "hooks: {timeout: 10m} in the profile gives its hooks more time"
	case name == "before":
		failed.hint = "nothing was changed: the before hook must succeed for a pass to begin"
	}
	return failed
}

// environ returns the environment of hooks: that of this process, without the
// password of the pair, and with the place where this run remembers things.
func (h *hooked) environ() []string {
	secret := []string{config.PasswordVariable, "FERRY_STATE_DIR"}
	if name := h.pair.Password.Variable(); name != "" {
		secret = append(secret, name)
	}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.ContainsFunc(secret, func(s string) bool { return sameVariable(s, name) })
	})
	return append(env, "FERRY_STATE_DIR="+h.app.stateDir())
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
