package config

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// resolve follows an alias to what it stands for.
func resolve(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode && node.Alias != nil {
		return node.Alias
	}
	return node
}

func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.Tag == "!!null"
}

// isTagged reports whether the value has a tag: YAML takes a "!" at the start of a
// word for one.
func isTagged(node *yaml.Node) bool { return node.Style&yaml.TaggedStyle != 0 }

// mapping returns the keys of a mapping with their values. A key that is given
// twice is an error. where is the key of the mapping itself.
func (d *decoder) mapping(node *yaml.Node, where string) []setting {
	node = resolve(node)
	switch {
	case isTagged(node):
		d.fail(node, where, `a word that starts with "!" is a tag in YAML`, "put it in quotes")
		return nil
	case isNull(node):
		d.fail(node, where, "has no value", "write its keys on the lines below, indented")
		return nil
	case node.Kind != yaml.MappingNode:
		d.fail(node, where, "expected keys with values here, not "+kindName(node), "")
		return nil
	}
	var settings []setting
	lines := make(map[string]int)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if resolve(key).Kind != yaml.ScalarNode {
			d.fail(key, where, "expected a key here, not "+kindName(resolve(key)), "")
			continue
		}
		s := setting{name: resolve(key).Value, key: key, value: node.Content[i+1]}
		s.where = keyPath(where, s.name)
		if line, twice := lines[s.name]; twice {
			d.fail(key, s.where, fmt.Sprintf("is given twice, first on line %d", line), "")
			continue
		}
		lines[s.name] = key.Line
		settings = append(settings, s)
	}
	return settings
}

// keyPath returns the whole key for messages. A long key is cut, and one that is
// empty or does not print on one line is quoted.
func keyPath(where, name string) string {
	if len(name) > 64 {
		name = name[:60] + "..."
	}
	if strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) }) || name == "" {
		name = strconv.Quote(name)
	}
	if where == "" {
		return name
	}
	return where + "." + name
}

func kindName(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "keys with values"
	case yaml.SequenceNode:
		return "a list"
	}
	return "a single value"
}

// text returns a single value as it is written in the file: 0644 and yes stay what
// they are.
func (d *decoder) text(s setting) (string, bool) {
	return d.scalar(s.value, s.where)
}

func (d *decoder) scalar(node *yaml.Node, where string) (string, bool) {
	value := resolve(node)
	switch {
	case isTagged(value):
		d.fail(node, where, `a word that starts with "!" is a tag in YAML`, "put it in quotes")
	case value.Kind != yaml.ScalarNode:
		d.fail(node, where, "expected a single value here, not "+kindName(value), "")
	case isNull(value):
		d.fail(node, where, "has no value", `write "" for an empty one`)
	default:
		return value.Value, true
	}
	return "", false
}

// lines returns the lines of a block, or of a list that has one line per item. Each
// line ends in "\n".
func (d *decoder) lines(s setting) string {
	node := resolve(s.value)
	items := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode && !isTagged(node) {
		items = node.Content
	}
	var b strings.Builder
	for _, item := range items {
		if isTagged(resolve(item)) {
			d.fail(item, s.where, `YAML takes a word that starts with "!" for a tag and drops it`, "write a block, "+s.name+": |, or put the pattern in quotes")
			continue
		}
		if text, ok := d.scalar(item, s.where); ok {
			b.WriteString(strings.TrimSuffix(text, "\n") + "\n")
		}
	}
	return b.String()
}
