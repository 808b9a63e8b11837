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
	roundTrip   time.Duration
	rate        int64 // bytes a second each way, 0 without limit
	connections int
	servers     []string
	work        []string // patterns for names of rows; empty: all but the slow rows
	tools       []string
	runs        int
	large, huge int64 // bytes of the large file over the link and on loopback
	limit       time.Duration
	ferry       string // program to run instead of one built from the checkout
	ferryArgs   []string
	dir         string
	fetch       bool
	json        bool
	markdown    bool
	list        bool
	keep        bool
}

// parseOptions reads the command line. The error is flag.ErrHelp after -h.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	var rate, servers, work, tools, large, huge, ferryArgs string
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, "usage: go run ./bench [flags]\n\nRuns lftp, rclone, ftp-deploy and ferry on the same work over the same link. See docs/benchmark.md.\n\n")
		f.PrintDefaults()
	}
	f.DurationVar(&o.roundTrip, "rtt", 30*time.Millisecond, "round-trip `time` of the link")
	f.StringVar(&rate, "rate", "100mbit", "rate of the link each way, such as 20mbit, 1gbit or none")
	f.IntVar(&o.connections, "connections", 4, "most connections of each tool")
	f.StringVar(&servers, "servers", "vsftpd,proftpd,pureftpd", "`names` of the servers")
	f.StringVar(&work, "work", "", "`rows` to run, where * matches any part of a name; default: all but the slow rows")
	f.StringVar(&tools, "tools", "lftp,rclone,ftp-deploy,ferry", "`programs` to run")
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
	f.BoolVar(&o.list, "list", false, "print the names of all rows and exit")
	f.BoolVar(&o.keep, "keep", false, "keep the files of the run, including the output of the tools")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q", f.Arg(0))
	}
	var errs [3]error
	o.rate, errs[0] = parseRate(rate)
	o.large, errs[1] = parseSize(large)
	o.huge, errs[2] = parseSize(huge)
	o.ferryArgs = strings.Fields(ferryArgs)
	o.servers, o.work, o.tools = splitList(servers), splitList(work), splitList(tools)
	return o, errors.Join(append(errs[:], o.check())...)
}

// check returns an error for options that make no sense.
func (o options) check() error {
	switch {
	case o.roundTrip < 0 || o.roundTrip > 10*time.Second:
		return errors.New("-rtt must be between 0 and 10s")
	case o.connections < 1 || o.connections > 64:
		return errors.New("-connections must be between 1 and 64")
	case o.runs < 1:
		return errors.New("-runs must be at least 1")
	case len(o.servers) == 0 || len(o.tools) == 0:
		return errors.New("nothing to run: -servers or -tools is empty")
	}
	for _, t := range o.tools {
		if !slices.Contains([]string{"lftp", "rclone", ftpDeployName, "ferry"}, t) {
			return fmt.Errorf("-tools: unknown tool %q, must be lftp, rclone, ftp-deploy or ferry", t)
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

// parseRate reads a rate in bits a second and returns bytes.
func parseRate(s string) (int64, error) {
	if s == "none" || s == "0" {
		return 0, nil
	}
	for unit, bits := range map[string]float64{"kbit": 1e3, "mbit": 1e6, "gbit": 1e9} {
		if number, found := strings.CutSuffix(s, unit); found {
			if n, err := strconv.ParseFloat(number, 64); err == nil && n > 0 && n < 1e6 {
				return int64(n * bits / 8), nil
			}
		}
	}
	return 0, fmt.Errorf("-rate: invalid rate %q, must be such as 20mbit, 1gbit or none", s)
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
