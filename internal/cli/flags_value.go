package cli

import (
	"encoding"
	"strconv"

	"github.com/spf13/pflag"
)

// A value is an option that knows whether it was given, so that it can replace a
// setting of the profile.
type value[T any] struct {
	v     T
	set   bool
	text  string
	parse func(string) (T, error)
	kind  string
}

// Set implements [pflag.Value].
func (o *value[T]) Set(s string) error {
	v, err := o.parse(s)
	if err != nil {
		return err
	}
	o.v, o.text, o.set = v, s, true
	return nil
}

// String implements [pflag.Value].
func (o *value[T]) String() string { return o.text }

// Type implements [pflag.Value].
func (o *value[T]) Type() string { return o.kind }

// over sets *p if the option was given.
func (o *value[T]) over(p *T) {
	if o.set {
		*p = o.v
	}
}

// add registers an option whose value parse reads.
func (o *value[T]) add(flags *pflag.FlagSet, name, help string, parse func(string) (T, error)) {
	o.parse, o.kind = parse, "string"
	flags.Var(o, name, help)
}

// addBool registers an option that is true if it has no value.
func addBool(flags *pflag.FlagSet, o *value[bool], name, help string) {
	o.parse, o.kind = strconv.ParseBool, "bool"
	flags.Var(o, name, help)
	flags.Lookup(name).NoOptDefVal = "true"
}

// parseText parses a type that implements [encoding.TextUnmarshaler].
func parseText[T any, P interface {
	*T
	encoding.TextUnmarshaler
}](s string) (T, error) {
	var v T
	err := P(&v).UnmarshalText([]byte(s))
	return v, err
}
