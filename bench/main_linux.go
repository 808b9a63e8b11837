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
			fmt.Printf("%-15s %s\n", r.name, r.title)
		}
		return 0
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	begin := time.Now()
	note := func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
	var results []result
	encode := json.NewEncoder(os.Stdout)
	err = runBench(ctx, o, note, func(r result) {
		results = append(results, r)
		note("%5.0f s  %s", time.Since(begin).Seconds(), r.line())
		if o.json {
			_ = encode.Encode(r)
		}
	}, func(programs []string) {
		if !o.json && len(results) > 0 {
			fmt.Print(report(o, rows(o), results, programs))
		}
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		return 1
	}
	if len(results) == 0 {
		fmt.Fprintln(os.Stderr, "bench: error: nothing was measured")
		return 1
	}
	for _, r := range results {
		if r.Error != "" {
			return 1
		}
	}
	return 0
}
