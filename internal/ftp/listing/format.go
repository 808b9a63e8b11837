package listing

import "time"

// A format is one way to write the lines of a listing.
type format struct {
	name string
	// detect reports whether a line that comes first shows this format.
	detect func(line string) bool
	// parse reads a line, which is never empty. now is the client's clock, for
	// dates without a year.
	parse func(line string, now time.Time) (Entry, error)
}

// listFormats are the formats of LIST, in the order in which they are tried.
var listFormats = []*format{&dos, &as400, &unix}

var (
	dos   = format{"DOS", isDOS, parseDOS}
	as400 = format{"AS/400", isAS400, parseAS400}
	unix  = format{"Unix", isUnix, parseUnix}
)

// mlsd is the format of MLSD; no detection leads to it.
var mlsd = format{name: "MLSD", parse: func(line string, _ time.Time) (Entry, error) { return parseFacts(line) }}

// detect returns the format of a listing by its first line, nil if it is not
// known.
func detect(line string) *format {
	for _, f := range listFormats {
		if f.detect(line) {
			return f
		}
	}
	return nil
}
