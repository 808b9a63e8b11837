package listing

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Parser reads the lines of one listing. Make one for each listing, with
// [MLSD] or [LIST]. Only one goroutine may use it at a time.
type Parser struct {
	now    time.Time
	format *format // nil until the first line of LIST shows it
	names  map[string]struct{}
	decode func(bytes string) (text string, exact bool) // nil: lines are UTF-8
}

// MLSD returns a parser for the reply to MLSD.
func MLSD() *Parser { return &Parser{format: &mlsd, names: make(map[string]struct{})} }

// LIST returns a parser for the reply to LIST. Its first line shows the format,
// which all others share. now completes dates that are shown without a year.
func LIST(now time.Time) *Parser { return &Parser{now: now, names: make(map[string]struct{})} }

// Line reads the next line, with its line end or without: CR LF, or LF alone. The kind of the entry
// is None if the line is empty or the total that "ls -l" puts first. An error
// names the line: it is not in the format of this listing, or its name is
// impossible or was listed before. Nothing can be concluded from the listing then.
func (p *Parser) Line(line string) (Entry, error) {
	if text, ended := strings.CutSuffix(line, "\n"); ended {
		line = strings.TrimSuffix(text, "\r")
	}
	line, exact := p.decodeLine(line)
	if line == "" || p.format != &mlsd && isTotal(line) {
		return Entry{}, nil
	}
	e, err := p.parse(line)
	if !exact {
		e = p.decodeName(e)
	}
	e.Name = strings.Clone(e.Name) // which would keep the whole line in memory
	if err == nil {
		err = p.checkName(e)
	}
	if err != nil {
		return Entry{}, lineError(line, err)
	}
	return e, nil
}

func (p *Parser) parse(line string) (Entry, error) {
	if p.format == nil {
		p.format = detect(line)
	}
	if p.format == nil {
		if system := foreignSystem(line); system != "" {
			return Entry{}, fmt.Errorf("it looks like one of %s, whose listings are not supported "+
				"(--list-format names another format where this is not true)", system)
		}
		return Entry{}, errors.New("no known format (--list-format names one where you know it; please report the line)")
	}
	e, err := p.format.parse(line, p.now)
	if err != nil {
		return Entry{}, fmt.Errorf("%s format: %w", p.format.name, err)
	}
	switch {
	case e.Kind == Dir && e.Name == ".":
		e.Kind = CurrentDir
	case e.Kind == Dir && e.Name == "..":
		e.Kind = ParentDir
	}
	return e, nil
}

// ErrTwice is wrapped by the error about a name that was there before.
var ErrTwice = errors.New("is listed twice")

// checkName refuses what cannot be the name of an entry, and a name that was
// there before. Servers show the listed directory and those above it by their
// paths, so anything goes for these.
func (p *Parser) checkName(e Entry) error {
	if e.Kind == CurrentDir || e.Kind == ParentDir {
		return nil
	}
	if e.Name == "" || strings.ContainsAny(e.Name, "/\x00") {
		return fmt.Errorf("%q is not a name", e.Name)
	}
	if _, twice := p.names[e.Name]; twice {
		return fmt.Errorf("the name %q %w", e.Name, ErrTwice)
	}
	p.names[e.Name] = struct{}{}
	return nil
}

// totals are the words before the number of blocks that "ls -l" begins with.
var totals = []string{"total", "totale", "totaal", "totalt", "insgesamt", "razem", "celkem", "итого", "合計", "总用量", "總計", "總用量", "합계"}

// isTotal recognizes the first line of "ls -l", which counts blocks.
func isTotal(line string) bool {
	word, rest := token(line)
	blocks, rest := token(rest)
	return slices.Contains(totals, strings.TrimSuffix(word, ":")) && (digits(blocks) || isRounded(blocks)) && rest == ""
}

// lineError says which line cannot be read, and why.
func lineError(line string, why error) error {
	const most = 120
	if len(line) > most {
		line = line[:most] + "..."
	}
	return fmt.Errorf("line %q of the listing cannot be read (if a name has a line break, rename it there): %w", line, why)
}
