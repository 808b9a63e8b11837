package report

import (
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/mattn/go-runewidth"
)

// Size returns a number of bytes for people, as "4.1 kB". A size that is not known
// counts as 0.
func Size(bytes int64) string { return humanize.Bytes(uint64(max(bytes, 0))) }

// Span returns a span of time as people write it: "45s", "5m", "1h30m".
func Span(d time.Duration) string {
	text := d.Round(time.Second).String()
	if rest, ok := strings.CutSuffix(text, "m0s"); ok {
		text = rest + "m"
	}
	if rest, ok := strings.CutSuffix(text, "h0m"); ok {
		text = rest + "h"
	}
	return text
}

// pad fills s with blanks to n columns.
func pad(s string, n int) string { return runewidth.FillRight(s, n) }

// elide cuts the middle out of s where it is longer than n runes.
func elide(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	tail := n / 3
	return string(r[:n-tail-3]) + "..." + string(r[len(r)-tail:])
}
