package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// document returns the value of the only document in text, or nil.
func (d *decoder) document(text []byte) *yaml.Node {
	decode := yaml.NewDecoder(bytes.NewReader(text))
	var first, second yaml.Node
	switch err := decodeNext(decode, &first); {
	case errors.Is(err, io.EOF), err == nil && isEmpty(&first):
		d.fail(nil, "", "the file is empty", "\"ferry init LOCAL URL --force\" writes one")
		return nil
	case err != nil:
		d.syntax(err, text)
		return nil
	}
	switch err := decodeNext(decode, &second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		d.syntax(err, text)
		return nil
	default:
		d.fail(&second, "", "a second document starts here", `remove the "---"`)
		return nil
	}
	return first.Content[0]
}

// isEmpty reports whether a document holds nothing but comments.
func isEmpty(node *yaml.Node) bool {
	return len(node.Content) == 0 || isNull(node.Content[0])
}

// decodeNext decodes the next document. The library panics on some broken input;
// that becomes an error here.
func decodeNext(decode *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("yaml: cannot be read as YAML")
		}
	}()
	return decode.Decode(into)
}

var (
	yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

	tabIndent  = regexp.MustCompile(`^ *\t`)
	starItem   = regexp.MustCompile(`^\s*(?:- +|[\w-]+: +)+[*!]`)
	twoColons  = regexp.MustCompile(`:\s.*:(?:\s|$)`)
	badEscape  = regexp.MustCompile(`"[^"]*\\[^0abtnvfre "/\\N_LPxuU\r\n]`)
	hexEscape  = regexp.MustCompile(`"[^"]*\\[xuU]`)
	strangeOne = regexp.MustCompile("^\\s*(?:- +|[\\w-]+: +)+[@`%]")
)

// traps are common mistakes that the messages of the library do not explain.
var traps = []struct {
	message string // a part of the library's message
	line    *regexp.Regexp
	text    string
	hint    string
}{
	{"cannot start any token", tabIndent, "a tab indents this line", "YAML indents with spaces only"},
	{"tab character", tabIndent, "a tab indents this line", "YAML indents with spaces only"},
	{"expected alphabetic or numeric", starItem, `YAML takes a word that starts with "*" for an alias`, "write a block, ignore: |, or put the pattern in quotes"},
	{"unknown anchor", starItem, `YAML takes a word that starts with "*" for an alias`, "write a block, ignore: |, or put the text in quotes"},
	{"tag", starItem, `YAML takes a word that starts with "!" for a tag`, "write a block, ignore: |, or put the pattern in quotes"},
	{"unknown escape", badEscape, `a backslash in "..." starts an escape sequence`, `write '...' instead of "...", or / instead of \`},
	{"hexdecimal number", hexEscape, `a backslash in "..." starts an escape sequence`, `write '...' instead of "...", or / instead of \`},
	{"mapping values are not allowed", twoColons, `a plain word cannot contain ": "`, "put the value in quotes"},
	{"cannot start any token", strangeOne, "this character cannot start a plain word in YAML", "put the value in quotes"},
}

// syntax records an error of the library, at the line that most likely causes it.
// The library may quote the file, which may contain a password, so only its fixed
// phrases are passed on.
func (d *decoder) syntax(err error, text []byte) {
	m := yamlError.FindStringSubmatch(strings.SplitN(err.Error(), "\n", 2)[0])
	if m == nil {
		m = []string{"", "", "cannot be read as YAML"}
	}
	line, _ := strconv.Atoi(m[1])
	message := m[2]
	lines := strings.Split(string(text), "\n")
	for _, trap := range traps {
		if !strings.Contains(message, trap.message) {
			continue
		}
		if at := nearestLine(lines, trap.line, line); at > 0 {
			column := len(lines[at-1]) - len(strings.TrimLeft(lines[at-1], " ")) + 1
			d.fail(&yaml.Node{Line: at, Column: column}, "", trap.text, trap.hint)
			return
		}
	}
	if strings.Contains(message, "unknown anchor") {
		message = `YAML takes a word that starts with "*" for an alias`
	}
	if len(text) < 64<<10 && len(lines) <= 500 {
		line = firstBadLine(lines)
	}
	d.fail(&yaml.Node{Line: max(line, 1)}, "", "not YAML: "+message, "")
}

// firstBadLine returns the number of the line after the longest beginning of the
// file that is valid YAML. The library itself names the line where the innermost
// mapping starts, or none at all.
func firstBadLine(lines []string) int {
	for n := len(lines) - 1; n > 0; n-- {
		if isYAML(strings.Join(lines[:n], "\n")) {
			return n + 1
		}
	}
	return 1
}

func isYAML(text string) bool {
	decode := yaml.NewDecoder(strings.NewReader(text))
	for {
		var node yaml.Node
		if err := decodeNext(decode, &node); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// nearestLine returns the number of the line that matches pattern and is closest to
// line, or 0. With line 0 the first one counts.
func nearestLine(lines []string, pattern *regexp.Regexp, line int) int {
	best := 0
	for i, text := range lines {
		if !pattern.MatchString(text) {
			continue
		}
		if best == 0 || lineDistance(i+1, line) < lineDistance(best, line) {
			best = i + 1
		}
	}
	return best
}

func lineDistance(a, b int) int { return max(a-b, b-a) }
