//go:build !linux

// Command bench measures ferry against lftp and rclone. It needs Linux: see docs/benchmark.md.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: error: the benchmark emulates its link with network namespaces, which Linux alone has")
	os.Exit(1)
}
