package config

import (
	"strings"
	"time"

	"ferry/internal/deploy"
	"ferry/manifest"
)

// A setter sets one key of a mapping in a profile.
type setter[T any] func(d *decoder, into *T, s setting)

// one makes a setter of a key with a single value.
func one[T any](set func(d *decoder, into *T, text string) error) setter[T] {
	return func(d *decoder, into *T, s setting) {
		text, ok := d.text(s)
		if !ok {
			return
		}
		if err := set(d, into, text); err != nil {
			d.fail(s.value, s.where, err.Error(), Hint(err))
		}
	}
}

// parsed makes a setter of a key whose value parse reads.
func parsed[T, V any](field func(*T) *V, parse func(string) (V, error)) setter[T] {
	return one(func(_ *decoder, into *T, text string) error {
		v, err := parse(text)
		if err == nil {
			*field(into) = v
		}
		return err
	})
}

// listed makes a setter of a key with lines, or a list of them, each of which add reads.
func listed[T any](add func(into *T, line string) error) setter[T] {
	return func(d *decoder, into *T, s setting) {
		for line := range strings.Lines(d.lines(s)) {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			if err := add(into, line); err != nil {
				d.fail(s.value, s.where, err.Error(), Hint(err))
			}
		}
	}
}

// mapped makes a setter of a key with keys of its own.
func mapped[T, V any](field func(*T) *V, table map[string]setter[V]) setter[T] {
	return func(d *decoder, into *T, s setting) {
		for _, s := range d.mapping(s.value, s.where) {
			set := table[s.name]
			if set == nil {
				d.unknown(s, sortedKeys(table))
				continue
			}
			set(d, field(into), s)
		}
	}
}

// deployKeys are the keys of deploy.
var deployKeys = map[string]setter[Deploy]{
	"work":         parsed(func(v *Deploy) *string { return &v.Work }, parseWork),
	"switch":       parsed(func(v *Deploy) *DeploySwitch { return &v.Switch }, ParseDeploySwitch),
	"keep":         parsed(func(v *Deploy) *int { return &v.Keep }, ParseKeep),
	"delete-after": parsed(func(v *Deploy) *time.Duration { return &v.DeleteAfter }, ParseDeleteAfter),
	"drift":        parsed(func(v *Deploy) *deploy.DriftRule { return &v.Drift }, ParseDrift),
	"drift-keep":   one(setDriftKeep),
	"first":        parsed(func(v *Deploy) *deploy.FirstRule { return &v.First }, ParseFirst),
	"order":        listed(addOrder),
	"keep-modes":   parsed(func(v *Deploy) *bool { return &v.KeepModes }, ParseSwitch),
	"modes":        setModes,
	"maintenance": mapped(func(v *Deploy) *Maintenance { return &v.Maintenance }, map[string]setter[Maintenance]{
		"put": one(setMaintenanceFile),
		"as":  parsed(func(m *Maintenance) *manifest.Path { return &m.As }, parseSitePath),
	}),
	"check": mapped(func(v *Deploy) *DeployCheck { return &v.Check }, map[string]setter[DeployCheck]{
		"url": parsed(func(c *DeployCheck) *string { return &c.URL }, ParseCheckURL),
		"paths": listed(func(c *DeployCheck, line string) error {
			path, err := parseCheckPath(line)
			c.Paths = append(c.Paths, path)
			return err
		}),
		"rollback": parsed(func(c *DeployCheck) *bool { return &c.Rollback }, ParseSwitch),
	}),
	"pointer": mapped(func(v *Deploy) *DeployPointer { return &v.Pointer }, map[string]setter[DeployPointer]{
		"file": parsed(func(p *DeployPointer) *manifest.Path { return &p.File }, parseSitePath),
		"template": one(func(d *decoder, p *DeployPointer, text string) (err error) {
			p.Template, err = d.localPath(text)
			return err
		}),
	}),
	"state-key": setStateKey,
	"shared": listed(func(v *Deploy, line string) error {
		path, err := parseSitePath(line)
		v.Shared = append(v.Shared, path)
		return err
	}),
}

func setDriftKeep(_ *decoder, v *Deploy, text string) (err error) {
	if text == "forever" {
		v.DriftKeep = 0
		return nil
	}
	v.DriftKeep, err = ParseDuration(text)
	return err
}

func setMaintenanceFile(d *decoder, m *Maintenance, text string) (err error) {
	m.Put, err = d.localPath(text)
	return err
}

func addOrder(v *Deploy, line string) error {
	patterns, err := parsePatterns(line)
	if len(patterns) > 0 {
		v.Order = append(v.Order, patterns)
	}
	return err
}

// setModes reads modes by pattern.
func setModes(d *decoder, v *Deploy, s setting) {
	for _, s := range d.mapping(s.value, s.where) {
		if err := checkPattern(s.name); err != nil {
			d.fail(s.key, s.where, err.Error(), Hint(err))
			continue
		}
		one(func(_ *decoder, v *Deploy, text string) error {
			mode, err := parseMode(text)
			v.Modes = append(v.Modes, DeployMode{Pattern: s.name, Mode: mode})
			return err
		})(d, v, s)
	}
}

// shortestStateKey is how many bytes a state-key must have.
const shortestStateKey = 16

// setStateKey reads the key, or where it is kept. Only a literal one can be looked at
// before it is needed.
func setStateKey(d *decoder, v *Deploy, s setting) {
	before := len(d.errs)
	v.StateKey = d.secret(s)
	if v.StateKey.IsZero() || len(d.errs) > before {
		return
	}
	if h := v.StateKey.reveal(); h.kind == secretLiteral && len(h.text) < shortestStateKey {
		d.fail(s.value, s.where, errShortKey.Error(), Hint(errShortKey))
	}
}
