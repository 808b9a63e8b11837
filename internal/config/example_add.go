package config

import (
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// AddTo returns the text of the configuration at path with the profile e at the end of its
// profiles. All that text has stays as it is, to the byte: comments, order and spaces. home
// is as for [Parse].
func (e Example) AddTo(path string, text []byte, home string) (string, error) {
	if err := CheckName(e.Name); err != nil {
		return "", err
	}
	before, err := Parse(path, text, path, home)
	if err != nil {
		return "", err
	}
	for _, p := range before.Profiles {
		if p.Name == e.Name {
			return "", fmt.Errorf("%s has a profile %s already", path, e.Name)
		}
	}
	byHand := withHint(fmt.Errorf("%s is written in a way that ferry does not add to", path), "add the profile by hand:\n"+e.profile("  ", "  "))
	at, err := findEnd(text)
	if err != nil {
		return "", byHand
	}
	added := e.insert(string(text), at)
	after, err := Parse(path, []byte(added), path, home)
	if err != nil || !addsOne(before, after, e.Name) {
		return "", byHand
	}
	return added, nil
}

// addsOne reports whether after has the profiles of before and one of this name behind
// them.
func addsOne(before, after *File, name string) bool {
	if len(after.Profiles) != len(before.Profiles)+1 {
		return false
	}
	for i, p := range before.Profiles {
		if !p.Equal(after.Profiles[i]) {
			return false
		}
	}
	return after.Profiles[len(before.Profiles)].Name == name
}

// profile returns the lines of the profile. indent is that of its name, and step what its
// keys have more.
func (e Example) profile(indent, step string) string {
	inner := indent + step
	text := indent + quote(e.Name) + ":\n" +
		inner + "local: " + quote(e.Local) + "\n" +
		inner + "remote: " + quote(e.Remote.String()) + "\n" +
		inner + "direction: " + e.Direction.String() + "\n"
	if e.Password != (Place{}) {
		text += inner + e.password() + "\n"
	}
	return text + e.more(inner)
}

// An end is where a profile can be added to a text.
type end struct {
	line   int    // the number of lines before it
	indent string // of the name of a profile
	step   string // what its keys have more
	spaced bool   // an empty line stands between profiles
}

// findEnd finds the end of the profiles. The parser of YAML tells where each value begins
// and not where it ends: that is where the lines are not indented any more.
func findEnd(text []byte) (end, error) {
	odd := errors.New("the profiles are not a block")
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil || len(doc.Content) == 0 {
		return end{}, odd
	}
	var key, value *yaml.Node
	for i, root := 0, doc.Content[0]; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "profiles" {
			key, value = root.Content[i], root.Content[i+1]
		}
	}
	if value == nil || value.Kind != yaml.MappingNode || value.Style&yaml.FlowStyle != 0 || len(value.Content) == 0 {
		return end{}, odd
	}
	first, last, inner := value.Content[0], value.Content[len(value.Content)-2], value.Content[1]
	at := end{line: last.Line, indent: strings.Repeat(" ", first.Column-1), step: "  "}
	if inner.Kind == yaml.MappingNode && inner.Style&yaml.FlowStyle == 0 && len(inner.Content) > 0 {
		at.step = strings.Repeat(" ", max(1, inner.Content[0].Column-first.Column))
	}
	lines := strings.Split(string(text), "\n")
	at.spaced = first != last && hasSpaceBefore(lines, last.Line-1)
	for i := last.Line; i < len(lines); i++ {
		line := strings.TrimRight(lines[i], " \t\r")
		if line == "" {
			continue
		}
		if len(line)-len(strings.TrimLeft(line, " ")) < key.Column {
			break
		}
		at.line = i + 1
	}
	return at, nil
}

// hasSpaceBefore reports whether an empty line stands before a line and the comments above
// it.
func hasSpaceBefore(lines []string, i int) bool {
	for i--; i >= 0; i-- {
		switch line := strings.TrimSpace(lines[i]); {
		case line == "":
			return true
		case line[0] != '#':
			return false
		}
	}
	return false
}

// insert puts the profile into text.
func (e Example) insert(text string, at end) string {
	newline := "\n"
	if strings.Contains(text, "\r\n") {
		newline = "\r\n"
	}
	block := e.profile(at.indent, at.step)
	if at.spaced {
		block = "\n" + block
	}
	block = strings.ReplaceAll(block, "\n", newline)
	lines := strings.SplitAfter(text, "\n")
	before := strings.Join(lines[:at.line], "")
	if !strings.HasSuffix(before, "\n") {
		before += newline
	}
	return before + block + strings.Join(lines[at.line:], "")
}
