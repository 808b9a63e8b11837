package listing

import (
	"errors"
	"strings"
	"time"
)

// typeWidth is the room that an AS/400 gives to the type of an object, before the name.
const typeWidth = 11

// as400Columns cuts a line of an AS/400 into owner, size, date, clock and type.
func as400Columns(line string) (columns [5]string, rest string) {
	for i := range columns {
		columns[i], line = token(line)
	}
	return columns, line
}

// isAS400 reports whether the fifth word of a line is a type, as "*DIR".
func isAS400(line string) bool {
	columns, _ := as400Columns(line)
	_, _, _, _, isClock := longClock(columns[3])
	return strings.HasPrefix(columns[4], "*") && isClock
}

// parseAS400 reads a line of the integrated file system of an AS/400: owner, size, date,
// time, type, name. The name of a directory ends with a slash. Objects that are neither
// directories nor streams of bytes are refused.
func parseAS400(line string, _ time.Time) (Entry, error) {
	columns, rest := as400Columns(line)
	size, err := ParseSize(columns[1])
	if err != nil {
		return Entry{}, err
	}
	a, b, c, _ := splitDay(columns[2])
	day, ok := dayOf(a, b, c)
	hour, minute, sec, _, isClock := longClock(columns[3])
	if !ok || !isClock {
		return Entry{}, errors.New("no date and time")
	}
	when := day.at(hour, minute, sec, Second)
	e := Entry{ModTime: when.time, Precision: when.precision}
	if e.Name, ok = cutBlank(rest); !ok {
		return Entry{}, errors.New("no name")
	}
	if room := typeWidth - len(columns[4]); gap(rest) > 1 {
		if gap(rest) < room {
			return Entry{}, errors.New("it is not certain where the name begins")
		}
		e.Name = rest[room:]
	}
	switch columns[4] {
	case "*STMF", "*DSTMF":
		e.Kind, e.Size = File, size
	case "*DIR", "*DDIR":
		e.Kind, e.Name = Dir, strings.TrimSuffix(e.Name, "/")
	default:
		return Entry{}, errors.New("it holds objects of type " + columns[4])
	}
	if e.Name == "" {
		return Entry{}, errors.New("no name")
	}
	return e, nil
}
