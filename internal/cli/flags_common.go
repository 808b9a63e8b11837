package cli

import "github.com/spf13/pflag"

// commonFlags are the options of every command.
type commonFlags struct {
	config     string
	stateDir   string
	dryRun     bool
	quiet      bool
	verbose    int
	json       bool
	progress   bool
	noProgress bool
	color      value[colorRule]
	logFile    string
}

func (f *commonFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.config, "config", "", "read the profiles from `FILE`")
	flags.StringVar(&f.stateDir, "state-dir", "", "keep the state of pairs in `DIR` (FERRY_STATE_DIR)")
	flags.BoolVarP(&f.dryRun, "dry-run", "n", false, "print the plan and do nothing")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "say nothing unless something is wrong")
	flags.CountVarP(&f.verbose, "verbose", "v", "a line for each file; twice: the FTP dialogue, secrets hidden")
	flags.BoolVar(&f.json, "json", false, "write one JSON object per line to standard output")
	flags.BoolVar(&f.progress, "progress", false, "where no bars are drawn, write a line about the progress every few seconds")
	flags.StringVar(&f.logFile, "log-file", "", "write all messages to `FILE` as well, as with -v, each with its time")
	flags.BoolVar(&f.noProgress, "no-progress", false, "draw no bars")
	f.color.add(flags, "color", "`WHEN` to use colours: auto, always or never (default auto: on a terminal, unless NO_COLOR is set)", parseColor)
}
