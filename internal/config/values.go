package config

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"ferry/internal/ftp"
	"ferry/internal/ftp/trust"
	"ferry/sync"
)

// The Parse functions read one value as it is written in ferry.yaml or after an
// option on the command line.

// ParseMaxDelete reads N or P%: the most deletions that a pass may make on one side.
// Only that limit then counts, where by default a number and a percentage must both
// be exceeded.
func ParseMaxDelete(s string) (sync.Limits, error) {
	digits, percent := strings.CutSuffix(s, "%")
	n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 31)
	if err != nil || percent && n > 100 {
		return sync.Limits{}, fmt.Errorf("%q is neither a number of files nor a percentage, such as 25 or 30%%", s)
	}
	if percent {
		return sync.Limits{MaxDeletes: -1, MaxDeletePercent: int(n)}, nil
	}
	return sync.Limits{MaxDeletes: int(n), MaxDeletePercent: -1}, nil
}

// mostEntries is the largest limit on entries that can be set.
const mostEntries = 1_000_000_000

// ParseCount reads a limit on the number of files and directories.
func ParseCount(s string) (int, error) { return number(s, 1, mostEntries) }

// ParseRate reads RATE or UP:DOWN in bytes per second, as 500KiB or 2MiB:10MiB. An
// empty or zero rate, "off" and "unlimited" mean no limit, 0.
func ParseRate(s string) (up, down int64, err error) {
	first, second, two := strings.Cut(s, ":")
	if up, err = parseOneRate(first); err != nil {
		return 0, 0, err
	}
	if !two {
		return up, up, nil
	}
	if down, err = parseOneRate(second); err != nil {
		return 0, 0, err
	}
	return up, down, nil
}

func parseOneRate(s string) (int64, error) {
	s = strings.TrimSpace(s)
	switch s {
	case "", "off", "unlimited":
		return 0, nil
	}
	n, err := humanize.ParseBytes(strings.TrimSuffix(s, "/s"))
	if err != nil || n > math.MaxInt64 {
		return 0, fmt.Errorf("%q is not a rate in bytes per second, such as 500KiB or 2MiB:10MiB (up:down)", s)
	}
	return int64(n), nil
}

// ParseSize reads a positive number of bytes, as 500MB or 1GiB; "unlimited" means no
// limit, 0.
func ParseSize(s string) (int64, error) {
	if s == "unlimited" {
		return 0, nil
	}
	n, err := humanize.ParseBytes(strings.TrimSpace(s))
	if err != nil || n == 0 || n > math.MaxInt64 {
		return 0, fmt.Errorf("%q is not a positive size, such as 500MB or 1GiB", s)
	}
	return int64(n), nil
}

// ParsePorts reads FIRST-LAST or one port.
func ParsePorts(s string) ([2]int, error) {
	first, last, two := strings.Cut(s, "-")
	if !two {
		last = first
	}
	low, err1 := strconv.ParseUint(strings.TrimSpace(first), 10, 16)
	high, err2 := strconv.ParseUint(strings.TrimSpace(last), 10, 16)
	switch {
	case err1 != nil || err2 != nil || low == 0 || high == 0:
		return [2]int{}, fmt.Errorf("%q is not a range of ports from 1 to 65535, such as 50000-50100", s)
	case low > high:
		return [2]int{}, fmt.Errorf("%q ends before it starts", s)
	}
	return [2]int{int(low), int(high)}, nil
}

// ParseFingerprint reads the SHA-256 of a certificate, see
// [trust.ParseFingerprint]. It returns lower-case hex digits only.
func ParseFingerprint(s string) (string, error) {
	sum, err := trust.ParseFingerprint(s)
	return hex.EncodeToString(sum), err
}

// ParseDuration reads a positive duration, as 30s, 1m30s, 12h or 30d.
func ParseDuration(s string) (time.Duration, error) {
	return parseDuration(s, "write %ss for seconds", "30s, 5m or 1h30m")
}

// ParseAge reads a positive duration that is most often a number of days, as 30d or 12h.
func ParseAge(s string) (time.Duration, error) {
	return parseDuration(s, "write %[1]sd for days, or %[1]sh for hours", "30d, 12h or 90m")
}

// parseDuration reads a positive duration. unit says how to write a bare number, and such
// is what it can be.
func parseDuration(s, unit, such string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, e := strconv.ParseUint(days, 10, 16)
		d, err = time.Duration(n)*24*time.Hour, e
	}
	if err == nil && d > 0 {
		return d, nil
	}
	if _, e := strconv.ParseUint(s, 10, 32); e == nil && strings.Trim(s, "0") != "" {
		return 0, fmt.Errorf("%s has no unit: %s", s, fmt.Sprintf(unit, s))
	}
	return 0, fmt.Errorf("%q is not a positive duration, such as %s", s, such)
}

// ParseMinAge reads how old a file must be; "0" means any age.
func ParseMinAge(s string) (time.Duration, error) {
	if s == "0" {
		return 0, nil
	}
	return ParseDuration(s)
}

// ParseSwitch reads on, true and yes, or off, false and no, in any case.
func ParseSwitch(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "on", "true", "yes":
		return true, nil
	case "off", "false", "no":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither on nor off", s)
}

// ParseListFormat reads the name of a format of listings.
func ParseListFormat(s string) (ftp.ListFormat, error) { return ftp.ParseListFormat(s) }

// ParseSegments reads over how many connections one large file may be read: auto, which is 0,
// off, or a number.
func ParseSegments(s string) (int, error) {
	switch on, err := ParseSwitch(s); { // YAML has more words for both
	case s == "auto", err == nil && on:
		return 0, nil
	case err == nil:
		return 1, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > mostSegments {
		return 0, fmt.Errorf("%q is neither auto, off nor a number from 1 to %d", s, mostSegments)
	}
	return n, nil
}

// mostSegments is the largest number that [ParseSegments] takes.
const mostSegments = 32

// Compress says when data connections are compressed.
type Compress = ftp.Compress

// ParseCompress reads auto, or on or off as [ParseSwitch] does.
func ParseCompress(s string) (c Compress, err error) {
	if c.UnmarshalText([]byte(s)) == nil {
		return c, nil
	}
	on, err := ParseSwitch(s)
	if err != nil {
		return c, notOneOf(s, []string{"auto", "on", "off"})
	}
	return c, c.UnmarshalText([]byte(map[bool]string{true: "on", false: "off"}[on]))
}

// ParsePipeline reads on or off, as [ParseSwitch] does.
func ParsePipeline(s string) (ftp.Pipeline, error) {
	on, err := ParseSwitch(s)
	if err != nil || on {
		return ftp.PipelineOn, err
	}
	return ftp.PipelineOff, nil
}
