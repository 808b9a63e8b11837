//go:build !linux

// Command bench compares ferry with lftp and rclone. It needs Linux; see docs/benchmark.md.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: error: the benchmark needs Linux, because it emulates its link with network namespaces")
	os.Exit(1)
}
