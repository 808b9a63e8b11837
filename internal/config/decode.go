package config

import (
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A decoder turns the text of a configuration file into profiles and gathers
// everything that is wrong with it.
type decoder struct {
	name string // of the file, for errors
	path string // of the file, absolute
	home string
	errs Errors
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

// fail records an error at node. The same error twice is recorded once: that of
// a default would come with every profile.
func (d *decoder) fail(node *yaml.Node, where, text, way string) {
	e := &Error{File: d.name, Key: where, Text: text, Way: way}
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

// checkName reports why s cannot be the name of a profile. A name stands on the
// command line, where it must not look like an option, a path or a URL.
func checkName(s string) string {
	switch {
	case s == "":
		return "a profile needs a name"
	case len(s) > 64:
		return "the name of a profile must not be longer than 64 characters"
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`/\:*?"<>|`, r) }):
		return "the name of a profile must not contain spaces or any of /\\:*?\"<>|"
	case s[0] == '-' || s[0] == '.' || s[0] == '~':
		return "the name of a profile must not start with " + s[:1]
	}
	return ""
}

// profile reads one profile, with what it shares with all others beneath.
func (d *decoder) profile(s setting, common []setting) *Profile {
	own := d.settings(s)
	p := &draft{Profile: *NewProfile(s.name)}
	p.File = d.path
	d.apply(p, merge(common, own))
	d.check(p, s, own)
	return &p.Profile
}

// merge puts own over common: a key of own replaces that of common, but for
// ignore and hooks, which are added.
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

// settings returns the known keys of a profile or of the defaults.
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

// unknown records a key that is none of known.
func (d *decoder) unknown(s setting, known []string) {
	way := "the keys here are " + strings.Join(known, ", ")
	if there := elsewhere[s.name]; there != "" {
		way = there
	} else if near := Suggest(s.name, known); near != "" {
		way = "did you mean " + near + "?"
	}
	d.fail(s.key, s.where, "unknown key", way)
}

// apply sets what settings say, in their order.
func (d *decoder) apply(p *draft, settings []setting) {
	for _, s := range settings {
		switch k := keys[s.name]; k.kind {
		case passwordKey:
			p.password = d.secret(s)
		case hooksKey:
			d.hooks(&p.Hooks, s)
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

// hooks reads commands and URLs by their names.
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

// secret reads a password, or where it is kept. What stands there is never
// quoted: it may be the password.
func (d *decoder) secret(s setting) Secret {
	if resolve(s.value).Kind != yaml.MappingNode {
		text, ok := d.text(s)
		if !ok {
			return Secret{}
		}
		return hide(held{text: text, file: d.path})
	}
	const way = "write one of env: NAME, file: PATH, command: CMD, keyring: NAME, or the password itself in quotes"
	where := d.mapping(s.value, s.where)
	if len(where) != 1 {
		d.fail(s.value, s.where, "must name exactly one place where the password is kept", way)
		return Secret{}
	}
	kind, ok := secretKeys[where[0].name]
	if !ok {
		d.fail(where[0].key, s.where, "unknown key", way)
		return Secret{}
	}
	text, ok := d.text(where[0])
	if !ok {
		return Secret{}
	}
	if text == "" {
		d.fail(where[0].value, where[0].where, "is empty", "")
		return Secret{}
	}
	if kind == secretFile {
		path, err := d.localPath(text)
		if err != nil {
			d.fail(where[0].value, where[0].where, err.Error(), Hint(err))
			return Secret{}
		}
		text = path
	}
	return hide(held{kind: kind, text: text, file: d.path})
}
