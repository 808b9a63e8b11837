package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options are the options of the command line.
type options struct {
	roundTrips   []time.Duration
	rate         int64 // bytes a second each way, 0 without limit
	losses       []float64
	connections  int // of each tool in the tuned settings
	settings     []string
	servers      []string
	serversGiven bool
	work         []string // patterns for names of rows; empty: all but the slow rows
	tools        []string
	runs         int
	large, huge  int64 // bytes of the large file over the link and on loopback
	limit        time.Duration
	ferry        string // program to run instead of one built from the checkout
	ferryArgs    []string
	dir          string
	fetch        bool
	json         bool
	markdown     bool
	list         bool
	keep         bool
	from         string // file with results that are shown in place of new ones
	compare      string // file with results of an earlier run
	plot         string // file to write the picture to
}

// The settings of -settings.
const (
	tuned    = "tuned"    // those of an experienced user, with equal connections
	defaults = "defaults" // what the usual command of the manual has
)

// parseOptions reads the command line. The error is flag.ErrHelp after -h.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	var roundTrips, rate, losses, settings, servers, work, tools, large, huge, ferryArgs string
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, "usage: go run ./bench [flags]\n\nRuns lftp, rclone, ftp-deploy and ferry on the same work over the same link. See docs/benchmark.md.\n\n")
		f.PrintDefaults()
	}
	f.StringVar(&roundTrips, "rtt", "30ms", "round-trip `times` of the link, such as 5ms,30ms,200ms")
	f.StringVar(&rate, "rate", "100mbit", "rate of the link each way, such as 20mbit, 1gbit or none")
	f.StringVar(&losses, "loss", "0", "`shares` of the packets that the link loses at random each way, such as 0,0.1%,1%")
	f.StringVar(&settings, "settings", "tuned,defaults", "`settings` of the tools")
	f.IntVar(&o.connections, "connections", 4, "most connections of each tool in the tuned settings")
	f.StringVar(&servers, "servers", "vsftpd,proftpd,pureftpd", "`names` of the servers")
	f.StringVar(&work, "work", "", "`rows` to run, where * matches any part of a name; default: all but the slow rows")
	f.StringVar(&tools, "tools", strings.Join(programNames, ","), "`programs` to run")
	f.IntVar(&o.runs, "runs", 1, "how often to run each row; the table shows medians")
	f.StringVar(&large, "large", "64MiB", "`size` of the large file over the link")
	f.StringVar(&huge, "huge", "512MiB", "`size` of the large file on loopback")
	f.DurationVar(&o.limit, "limit", 10*time.Minute, "longest `time` of one run")
	f.StringVar(&o.ferry, "ferry", "", "run this `program` as ferry instead of building one from the checkout")
	f.StringVar(&ferryArgs, "ferry-args", "", "further `arguments` for ferry, such as \"--pipeline off\", or -vv together with -keep")
	f.StringVar(&o.dir, "dir", "", "`directory` for all files; default: that for temporary files")
	f.BoolVar(&o.fetch, "fetch", true, "fetch missing servers and tools (.ci/servers)")
	f.BoolVar(&o.json, "json", false, "print one JSON object a line for each run instead of tables")
	f.BoolVar(&o.markdown, "markdown", false, "print the tables as Markdown")
	f.StringVar(&o.from, "from", "", "run nothing, and show the results in this `file`, which -json has printed")
	f.StringVar(&o.compare, "compare", "", "compare ferry with the results of an earlier run in this `file`; exit status 1 where it is slower")
	f.StringVar(&o.plot, "plot", "", "draw the results into this SVG `file`")
	f.BoolVar(&o.list, "list", false, "print the names of all rows and exit")
	f.BoolVar(&o.keep, "keep", false, "keep the files of the run, including the output of the tools")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q", f.Arg(0))
	}
	var errs [5]error
	o.rate, errs[0] = parseRate(rate)
	o.large, errs[1] = parseSize(large)
	o.huge, errs[2] = parseSize(huge)
	o.roundTrips, errs[3] = parseRoundTrips(roundTrips)
	o.losses, errs[4] = parseLosses(losses)
	o.settings = splitList(settings)
	f.Visit(func(set *flag.Flag) { o.serversGiven = o.serversGiven || set.Name == "servers" })
	o.ferryArgs = strings.Fields(ferryArgs)
	o.servers, o.work, o.tools = splitList(servers), splitList(work), splitList(tools)
	return o, errors.Join(append(errs[:], o.check())...)
}

// check returns an error for options that make no sense.
func (o options) check() error {
	switch {
	case o.connections < 1 || o.connections > 64:
		return errors.New("-connections must be between 1 and 64")
	case o.runs < 1:
		return errors.New("-runs must be at least 1")
	case len(o.servers) == 0 || len(o.tools) == 0 || len(o.settings) == 0:
		return errors.New("nothing to run: -servers, -tools or -settings is empty")
	}
	for _, s := range o.settings {
		if s != tuned && s != defaults {
			return fmt.Errorf("-settings: unknown setting %q, must be tuned or defaults", s)
		}
	}
	for _, t := range o.tools {
		if !slices.Contains(programNames, t) {
			return fmt.Errorf("-tools: unknown tool %q, must be one of %s", t, strings.Join(programNames, ", "))
		}
	}
	return nil
}

// wants reports whether a row is to be run.
func (o options) wants(name string, slow bool) bool {
	if len(o.work) == 0 {
		return !slow
	}
	return slices.ContainsFunc(o.work, func(pattern string) bool { return matches(pattern, name) })
}

// matches reports whether the name of a row matches a pattern.
func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// unknown returns the first pattern of -work that matches no row, or "".
func (o options) unknown(rows []row) string {
	for _, pattern := range o.work {
		if !slices.ContainsFunc(rows, func(r row) bool { return matches(pattern, r.name) }) {
			return pattern
		}
	}
	return ""
}

func splitList(list string) []string {
	return slices.DeleteFunc(strings.Split(list, ","), func(s string) bool { return s == "" })
}

// parseSize reads a number of bytes.
func parseSize(s string) (int64, error) {
	for unit, bytes := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if number, found := strings.CutSuffix(s, unit); found {
			if n, err := strconv.ParseInt(number, 10, 32); err == nil && n > 0 && n < 1<<20 {
				return n * bytes, nil
			}
		}
	}
	return 0, fmt.Errorf("invalid size %q, must be such as 64MiB or 1GiB", s)
}

// has reports whether the tools are to run in a setting.
func (o options) has(setting string) bool { return slices.Contains(o.settings, setting) }
