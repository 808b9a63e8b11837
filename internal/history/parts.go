package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// partSize is how large a file grows before another one is begun.
	partSize = 4 << 20
	// mostBytes is how much the history of a pair may hold.
	mostBytes = 64 << 20
	// partsKept is about how many files share the time that lines are kept, so that no
	// line stays much longer.
	partsKept = 8
	// partEnd ends the names of files.
	partEnd = ".jsonl"
	partDay = "20060102"
)

// A part is one file of a book, as "000012-20261129.jsonl": its number, and the day in UTC
// on which it was begun. The numbers give the order, whatever the clock did.
type part struct {
	name   string
	number int
	begun  time.Time
	size   int64
	last   time.Time // when something was written to it
}

// parts returns the files of the book, the oldest first.
func (b Book) parts() ([]part, error) {
	entries, err := os.ReadDir(b.Dir)
	if err != nil {
		return nil, err
	}
	var parts []part
	for _, e := range entries {
		p, is := parsePart(e.Name())
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) || !is || !e.Type().IsRegular() {
			continue
		}
		if err != nil {
			return nil, err
		}
		p.size, p.last = info.Size(), info.ModTime()
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b part) int {
		if a.number != b.number {
			return a.number - b.number
		}
		return strings.Compare(a.name, b.name)
	})
	return parts, nil
}

func partName(number int, day time.Time) string {
	return fmt.Sprintf("%06d-%s%s", number, day.UTC().Format(partDay), partEnd)
}

func parsePart(name string) (part, bool) {
	stem, is := strings.CutSuffix(name, partEnd)
	number, day, two := strings.Cut(stem, "-")
	n, err := strconv.Atoi(number)
	begun, dayErr := time.Parse(partDay, day)
	return part{name: name, number: n, begun: begun}, is && two && err == nil && n > 0 && dayErr == nil
}

// next returns the name of the file to write to: the newest, or another one where that is
// large or old enough, or was begun under a clock that was wrong.
func (b Book) next(parts []part, now time.Time) string {
	if len(parts) == 0 {
		return partName(1, now)
	}
	newest := parts[len(parts)-1]
	age := now.Sub(newest.begun)
	old := b.Keep > 0 && age > max(b.Keep/partsKept, 24*time.Hour)
	if newest.size >= partSize || old || age < -24*time.Hour {
		return partName(newest.number+1, now)
	}
	return newest.name
}

// excess returns the files that are too old, and the oldest of the others until they hold no
// more than they may. The newest always stays. An age counts from when something was written
// last: a clock that jumps ahead does not make everything old at once.
func (b Book) excess(parts []part, now time.Time) []part {
	if len(parts) == 0 {
		return nil
	}
	newest := parts[len(parts)-1]
	if newest.last.Before(now) {
		now = newest.last
	}
	held, kept := newest.size, len(parts)-1
	for ; kept > 0; kept-- {
		p := parts[kept-1]
		if held += p.size; held > mostBytes || b.Keep > 0 && now.Sub(p.last) > b.Keep {
			break
		}
	}
	return parts[:kept]
}
