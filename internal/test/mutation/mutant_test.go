package mutation

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A mutant is production code in which one rule is broken. The files in testdata
// hold them, one a block:
//
//	# what it does wrong
//	tests engine memory
//	file  sync/reconcile.go
//	- text that stands in the file exactly once
//	+ what stands there instead
//
// Lines of - and of + that follow one another are one text. A block may have
// several files, and several texts of one file. The tests are names of suites,
// and the mutant is killed when one of them fails.
type mutant struct {
	name   string
	at     string // where it is declared
	suites []string
	edits  []edit
}

type edit struct{ file, find, put string }

func readMutants(pattern string) ([]mutant, error) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no files %s: %v", pattern, err)
	}
	var all []mutant
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		some, err := parseMutants(file, string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func parseMutants(file, text string) ([]mutant, error) {
	var all []mutant
	var m *mutant
	now, last := "", byte(0)
	for n, line := range strings.Split(text, "\n") {
		at := fmt.Sprintf("%s:%d", file, n+1)
		word, rest, _ := strings.Cut(line, " ")
		if m == nil && word != "#" && line != "" {
			return nil, fmt.Errorf("%s: a mutant begins with #", at)
		}
		kind := byte(0)
		switch word {
		case "":
		case "#":
			all = append(all, mutant{name: rest, at: at})
			m, now = &all[len(all)-1], ""
		case "tests":
			m.suites = strings.Fields(rest)
		case "file":
			now = strings.TrimSpace(rest)
		case "-", "+":
			if err := m.line(now, word, rest, last); err != nil {
				return nil, fmt.Errorf("%s: %w", at, err)
			}
			kind = word[0]
		default:
			return nil, fmt.Errorf("%s: %q", at, line)
		}
		last = kind
	}
	for _, m := range all {
		if len(m.suites) == 0 || len(m.edits) == 0 {
			return nil, fmt.Errorf("%s: %q changes nothing, or no tests are named", m.at, m.name)
		}
	}
	return all, nil
}

// line adds a line of - or + to the edits of m; last is the kind of the line
// before, if that was one.
func (m *mutant) line(file, kind, text string, last byte) error {
	switch {
	case file == "":
		return fmt.Errorf("no file is named yet")
	case kind == "-" && last != '-':
		m.edits = append(m.edits, edit{file: file, find: text})
	case last == 0:
		return fmt.Errorf("+ without -")
	case kind == "-":
		m.edits[len(m.edits)-1].find += "\n" + text
	case last == '+':
		m.edits[len(m.edits)-1].put += "\n" + text
	default:
		m.edits[len(m.edits)-1].put = text
	}
	return nil
}

// texts returns the changed files, by their paths below root.
func (m *mutant) texts(root string) (map[string]string, error) {
	texts := make(map[string]string)
	for _, e := range m.edits {
		text, ok := texts[e.file]
		if !ok {
			b, err := os.ReadFile(filepath.Join(root, e.file))
			if err != nil {
				return nil, fmt.Errorf("%s: the mutant is out of date: %w", m.at, err)
			}
			text = string(b)
		}
		if n := strings.Count(text, e.find); n != 1 {
			return nil, fmt.Errorf("%s: the mutant is out of date: %s has this text %d times, not once:\n%s", m.at, e.file, n, e.find)
		}
		texts[e.file] = strings.Replace(text, e.find, e.put, 1)
	}
	return texts, nil
}
