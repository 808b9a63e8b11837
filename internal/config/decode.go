package config

import (
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A decoder turns the text of a configuration file into profiles, and collects
// everything that is wrong with it.
type decoder struct {
	name string // of the file, for errors
	path string // of the file, absolute
	home string
	errs Errors
	ids  map[string]int // the line of each id
}

// A draft is a profile that is being read.
type draft struct {
	Profile
	user     string // of user:
	password Secret // of password:
}

// A setting is one key with its value.
type setting struct {
	name       string
	where      string // the whole key, as profiles.site.timeout
	key, value *yaml.Node
}

// fail records an error at node, once: an error in the defaults would otherwise be
// reported for every profile.
func (d *decoder) fail(node *yaml.Node, where, text, hint string) {
	e := &Error{File: d.name, Key: where, Text: text, Hint: hint}
	if node != nil {
		e.Line, e.Column = node.Line, node.Column
	}
	if !slices.ContainsFunc(d.errs, func(old *Error) bool { return *old == *e }) {
		d.errs = append(d.errs, e)
	}
}

func (d *decoder) localPath(text string) (string, error) {
	return localPath(text, filepath.Dir(d.path), d.home)
}

// file reads a whole file.
func (d *decoder) file(text []byte) []*Profile {
	root := d.document(text)
	if root == nil {
		return nil
	}
	var defaults, profiles *setting
	for _, s := range d.mapping(root, "") {
		switch s.name {
		case "defaults":
			defaults = &s
		case "profiles":
			profiles = &s
		default:
			d.unknown(s, []string{"defaults", "profiles"})
		}
	}
	var common []setting
	if defaults != nil && !isNull(defaults.value) {
		common = d.defaults(*defaults)
	}
	if profiles == nil && len(d.errs) > 0 {
		return nil
	}
	if profiles == nil {
		d.fail(root, "", "there are no profiles", "add one below profiles:, under its name, with local: and remote:")
		return nil
	}
	return d.profiles(*profiles, common)
}

// defaults reads the settings that all profiles share.
func (d *decoder) defaults(s setting) []setting {
	settings := d.settings(s)
	common := settings[:0]
	for _, s := range settings {
		if keys[s.name].pairOnly {
			d.fail(s.key, s.where, "belongs to one profile and cannot be a default", "")
			continue
		}
		common = append(common, s)
	}
	d.apply(&draft{}, common)
	return common
}

func (d *decoder) profiles(s setting, common []setting) []*Profile {
	var profiles []*Profile
	for _, s := range d.mapping(s.value, s.where) {
		if why := checkName(s.name); why != "" {
			d.fail(s.key, s.where, why, "")
			continue
		}
		profiles = append(profiles, d.profile(s, common))
	}
	if len(profiles) == 0 && len(d.errs) == 0 {
		d.fail(s.key, s.where, "there are no profiles", "add one here, under its name, with local: and remote:")
	}
	return profiles
}

// profile reads one profile, with the common settings as its defaults.
func (d *decoder) profile(s setting, common []setting) *Profile {
	own := d.settings(s)
	p := &draft{Profile: *NewProfile(s.name)}
	p.File = d.path
	d.apply(p, merge(common, own))
	d.check(p, s, own)
	return &p.Profile
}

// merge returns the common settings with those of a profile over them. A key of
// the profile replaces the common one; ignore and hooks are added to it.
func merge(common, own []setting) []setting {
	var merged []setting
	for _, s := range common {
		kind := keys[s.name].kind
		replaced := slices.ContainsFunc(own, func(o setting) bool { return o.name == s.name })
		if !replaced || kind == blockKey || kind == hooksKey {
			merged = append(merged, s)
		}
	}
	return append(merged, own...)
}

// settings returns the known keys of a profile or of the defaults, and records
// the unknown ones as errors.
func (d *decoder) settings(s setting) []setting {
	var known []setting
	for _, s := range d.mapping(s.value, s.where) {
		if _, ok := keys[s.name]; !ok {
			d.unknown(s, sortedKeys(keys))
			continue
		}
		known = append(known, s)
	}
	return known
}

// unknown records a key that is not one of known.
func (d *decoder) unknown(s setting, known []string) {
	hint := "the keys here are " + strings.Join(known, ", ")
	if there := elsewhere[s.name]; there != "" {
		hint = there
	} else if near := Suggest(s.name, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	d.fail(s.key, s.where, "unknown key", hint)
}

// apply sets the values in the order of settings.
func (d *decoder) apply(p *draft, settings []setting) {
	for _, s := range settings {
		switch k := keys[s.name]; k.kind {
		case passwordKey:
			p.password = d.secret(s)
		case hooksKey:
			d.hooks(&p.Hooks, s)
		case deployKey:
			p.Deploy = d.deploy(s)
		case blockKey:
			p.Ignore += d.lines(s)
		default:
			text, ok := d.text(s)
			if !ok {
				continue
			}
			if err := k.set(d, p, text); err != nil {
				d.fail(s.value, s.where, err.Error(), Hint(err))
			}
		}
	}
}

// hooks reads the commands and URLs of hooks.
func (d *decoder) hooks(h *Hooks, s setting) {
	for _, s := range d.mapping(s.value, s.where) {
		set := hookKeys[s.name]
		if set == nil {
			d.unknown(s, sortedKeys(hookKeys))
			continue
		}
		text, ok := d.text(s)
		if !ok {
			continue
		}
		if err := set(h, text); err != nil {
			d.fail(s.value, s.where, err.Error(), Hint(err))
		}
	}
}
