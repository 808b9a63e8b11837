package cli

import (
	"encoding"
	"strconv"

	"github.com/spf13/pflag"
)

// A value is an option of the command line that knows whether it was given, so
// that it can stand over the profile.
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

// over puts the value in place of what is at p, where it was given.
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

// addBool registers an option that is true where nothing follows it.
func addBool(flags *pflag.FlagSet, o *value[bool], name, help string) {
	o.parse, o.kind = strconv.ParseBool, "bool"
	flags.Var(o, name, help)
	flags.Lookup(name).NoOptDefVal = "true"
}

// parseText returns a parser for a type that reads itself.
func parseText[T any, P interface {
	*T
	encoding.TextUnmarshaler
}](s string) (T, error) {
	var v T
	err := P(&v).UnmarshalText([]byte(s))
	return v, err
}
