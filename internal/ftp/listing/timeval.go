package listing

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

var errTime = errors.New("not a time")

// ErrNoDate is the error for what is written like a time and names none, such as the 0th
// of a month or a year of five digits. Servers send it for files whose time is broken.
var ErrNoDate = errors.New("no date")

// ParseTimeVal reads a time-val of RFC 3659, section 2.3, as MLSD, MLST and MDTM
// send it: YYYYMMDDHHMMSS with an optional fraction, in UTC. A leap second
// counts as the second before it. The error may wrap [ErrNoDate].
func ParseTimeVal(s string) (time.Time, error) {
	whole, fraction, dotted := strings.Cut(s, ".")
	unsigned := strings.TrimPrefix(whole, "-")
	if !digits(unsigned) || dotted && !digits(fraction) {
		return time.Time{}, errTime
	}
	if len(whole) != 14 || unsigned != whole {
		return time.Time{}, fmt.Errorf("%q: %w", s, ErrNoDate)
	}
	sec := number(whole[12:])
	if sec == 60 {
		sec = 59
	}
	t, ok := date(number(whole[:4]), number(whole[4:6]), number(whole[6:8]), number(whole[8:10]), number(whole[10:12]), sec)
	if !ok {
		return time.Time{}, fmt.Errorf("%q: %w", s, ErrNoDate)
	}
	nano := 0
	for i := range 9 {
		nano *= 10
		if i < len(fraction) {
			nano += int(fraction[i] - '0')
		}
	}
	return t.Add(time.Duration(nano)), nil
}

// FormatTimeVal writes t as a time-val of whole seconds, in UTC. It returns false
// if four digits cannot hold the year.
func FormatTimeVal(t time.Time) (string, bool) {
	t = t.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return "", false
	}
	return t.Format("20060102150405"), true
}
