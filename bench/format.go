package main

import "fmt"

func seconds(s float64) string {
	switch {
	case s < 1:
		return fmt.Sprintf("%.3f s", s)
	case s < 100:
		return fmt.Sprintf("%.2f s", s)
	}
	return fmt.Sprintf("%.0f s", s)
}

func mebibytes(n int64) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) }

func rateName(bytes int64) string {
	if bytes == 0 {
		return "no rate limit"
	}
	return fmt.Sprintf("%g Mbit/s", float64(bytes)*8/1e6)
}

// plural returns a number with its noun, and more behind it if there is not just one.
func plural(n int, noun, more string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss%s", n, noun, more)
}
