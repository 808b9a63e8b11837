// Command bench compares ferry with lftp and rclone: the same work, over the same emulated link, with the same real
// FTP servers. See docs/benchmark.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

func main() {
	if os.Getenv(agentVariable) != "" {
		if err := agentMain(); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(run())
}

func run() int {
	o, err := parseOptions(os.Args[1:], os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		return 2
	}
	if pattern := o.unknown(rows(o)); pattern != "" {
		fmt.Fprintf(os.Stderr, "bench: error: -work: there is no row %q; -list prints all rows\n", pattern)
		return 2
	}
	if o.list {
		for _, r := range rows(o) {
			fmt.Printf("%-17s %s\n", r.name, r.title)
		}
		return 0
	}
	var before []result
	if o.compare != "" { // now, since a run takes long
		if before, err = readResults(o.compare); err != nil {
			fmt.Fprintln(os.Stderr, "bench: error: -compare:", err)
			return 1
		}
	}
	results, err := measureOrRead(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		return 1
	}
	if !slices.ContainsFunc(results, func(r result) bool { return r.Skipped == "" }) {
		fmt.Fprintln(os.Stderr, "bench: error: nothing was measured")
		return 1
	}
	good, err := show(o, results, before)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		return 1
	}
	if !good || slices.ContainsFunc(results, func(r result) bool { return r.Error != "" }) {
		return 1
	}
	return 0
}

// measureOrRead returns the results of a run, whose tables it prints, or those of the file that -from names.
func measureOrRead(o options) ([]result, error) {
	if o.from != "" {
		results, err := readResults(o.from)
		return o.selected(results), err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	begin := time.Now()
	note := func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
	var results []result
	encode := json.NewEncoder(os.Stdout)
	err := runBench(ctx, o, note, func(r result) {
		results = append(results, r)
		note("%5.0f s  %s", time.Since(begin).Seconds(), r.line())
		if o.json {
			_ = encode.Encode(r)
		}
	}, func() {
		if !o.json && len(results) > 0 {
			fmt.Print(report(o, rows(o), results))
		}
	})
	return results, err
}

// show compares results with those of an earlier run and draws them, as far as that is asked for. Results from a file are
// printed if nothing else is. good is false where ferry has become slower.
func show(o options, results, before []result) (good bool, err error) {
	out := os.Stdout
	if o.json {
		out = os.Stderr
	}
	if o.from != "" && o.compare == "" && o.plot == "" {
		fmt.Fprint(out, report(o, rows(o), results))
	}
	if o.plot != "" {
		if err := os.WriteFile(o.plot, []byte(plot(rows(o), results)), 0o644); err != nil {
			return false, err
		}
	}
	if o.compare == "" {
		return true, nil
	}
	text, good := comparison(o.selected(before), results, o.markdown)
	fmt.Fprint(out, text)
	return good, nil
}
