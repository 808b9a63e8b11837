package listing

import (
	"fmt"
	"strings"
	"time"
)

// A Format is the form of the lines of a listing, as a user names it. The zero Format lets
// each listing show its own.
type Format uint8

// The formats.
const (
	Auto  Format = iota
	Unix         // of "ls -l"
	DOS          // of servers on Windows
	AS400        // of the integrated file system of an AS/400
	Facts        // of MLSD
)

var formatNames = [...]string{"auto", "unix", "dos", "as400", "mlsd"}

// formats are what a [Format] stands for.
var formats = [...]*format{Unix: &unix, DOS: &dos, AS400: &as400, Facts: &mlsd}

// String returns the name of the format.
func (f Format) String() string { return formatNames[f] }

// ParseFormat reads the name of a format.
func ParseFormat(s string) (Format, error) {
	for i, name := range formatNames {
		if strings.EqualFold(s, name) {
			return Format(i), nil
		}
	}
	return Auto, fmt.Errorf("%q is none of %s", s, strings.Join(formatNames[:], ", "))
}

// LISTAs is [LIST] for a listing of a known format.
func LISTAs(format Format, now time.Time) *Parser {
	p := LIST(now)
	p.format = formats[format]
	return p
}
