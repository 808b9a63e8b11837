package cli

import (
	"path/filepath"
	"runtime"

	"github.com/spf13/pflag"
)

// commonFlags are the options of every command.
type commonFlags struct {
	config     string
	stateDir   string
	dryRun     bool
	quiet      bool
	verbose    int
	json       bool
	noProgress bool
}

func (f *commonFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.config, "config", "", "read the profiles from `FILE`")
	flags.StringVar(&f.stateDir, "state-dir", "", "keep what is remembered in `DIR` (FERRY_STATE_DIR)")
	flags.BoolVarP(&f.dryRun, "dry-run", "n", false, "print the plan and do nothing")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "say nothing unless something is wrong")
	flags.CountVarP(&f.verbose, "verbose", "v", "a line a file; twice: the FTP dialogue, secrets hidden")
	flags.BoolVar(&f.json, "json", false, "one JSON object a line on standard output")
	flags.BoolVar(&f.noProgress, "no-progress", false, "draw no bars")
}

// stateDir returns the directory in which ferry remembers things: the option,
// FERRY_STATE_DIR, or the user's own as the XDG base directory specification
// has it.
func (a *app) stateDir() string {
	for _, dir := range []string{a.common.stateDir, a.env.Getenv("FERRY_STATE_DIR")} {
		if dir != "" {
			return a.absolute(dir)
		}
	}
	if dir := a.env.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "ferry")
	}
	if dir := a.env.Getenv("LocalAppData"); runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "ferry")
	}
	return filepath.Join(a.env.Home, ".local", "state", "ferry")
}

// absolute returns path as seen from the working directory.
func (a *app) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(a.env.Dir, path)
}
