package config

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A Written is one setting of a profile, as it stands in the file.
type Written struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Line  int    `json:"line"`
	// Default says that it is from defaults.
	Default bool `json:"default,omitempty"`
}

// notShown stands for values that may hold a secret.
const notShown = "(not shown)"

// WrittenIn returns the settings of a profile in the file at path, for people to read. What
// may hold a secret is not among them: passwords, commands and URLs of hooks.
func WrittenIn(path, profile string) ([]Written, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	d := &decoder{name: path, path: path}
	root := d.document(text)
	if root == nil {
		return nil, errors.New(path + " cannot be read any more; the watch goes on with what it was before")
	}
	var common, own []setting
	for _, s := range d.mapping(root, "") {
		switch s.name {
		case "defaults":
			common = d.mapping(s.value, s.where)
		case "profiles":
			for _, s := range d.mapping(s.value, s.where) {
				if s.name == profile {
					own = d.mapping(s.value, s.where)
				}
			}
		}
	}
	if own == nil {
		return nil, fmt.Errorf("%s has no profile %q any more", path, profile)
	}
	var all []Written
	for _, s := range merge(common, own) {
		k, known := keys[s.name]
		w := Written{Key: s.name, Line: s.key.Line, Value: notShown, Default: slices.ContainsFunc(common, func(c setting) bool { return c.key == s.key })}
		if known && (k.kind == textKey || k.kind == blockKey) && s.name != "merge-tool" {
			w.Value = shown(s)
		}
		all = append(all, w)
	}
	return all, nil
}

// shown returns a value for people.
func shown(s setting) string {
	node := resolve(s.value)
	if s.name == "remote" {
		if r, err := ParseURL(node.Value); err == nil && node.Kind == yaml.ScalarNode {
			return r.String() // without a password
		}
		return notShown
	}
	if node.Kind == yaml.SequenceNode {
		var lines []string
		for _, item := range node.Content {
			lines = append(lines, resolve(item).Value)
		}
		return strings.Join(lines, "\n")
	}
	return strings.TrimRight(node.Value, "\n")
}
