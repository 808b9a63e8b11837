package config

import "gopkg.in/yaml.v3"

// secret reads a password or key, or the place where it is kept. Errors never quote the
// value, which may be the password.
func (d *decoder) secret(s setting) Secret {
	if resolve(s.value).Kind != yaml.MappingNode {
		text, ok := d.text(s)
		if !ok {
			return Secret{}
		}
		return hide(held{key: s.name, text: text, file: d.path})
	}
	what := nounOf(s.name)
	hint := "write env: NAME, file: PATH, command: CMD, or the " + what + " itself in quotes"
	where := d.mapping(s.value, s.where)
	if len(where) != 1 {
		d.fail(s.value, s.where, "must name exactly one place where the "+what+" is kept", hint)
		return Secret{}
	}
	kind, ok := secretKeys[where[0].name]
	if !ok {
		d.fail(where[0].key, s.where, "unknown key", hint)
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
	return hide(held{key: s.name, kind: kind, text: text, file: d.path})
}
