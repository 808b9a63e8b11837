package config

import "log/slog"

// secretKind says where a secret stands.
type secretKind uint8

const (
	secretLiteral secretKind = iota
	secretEnv
	secretFile
	secretCommand
	secretKeyring
)

// secretKeys are the keys of a secret that is not literal.
var secretKeys = map[string]secretKind{
	"env":     secretEnv,
	"file":    secretFile,
	"command": secretCommand,
	"keyring": secretKeyring,
}

// A Secret is a password, or says where one is kept. The zero Secret is none.
// However it is formatted, it does not show the password: what it holds stands
// behind a pointer, which no format follows.
type Secret struct{ held *held }

type held struct {
	kind secretKind
	text string // the password, name, path or command
	// file is the configuration file that a literal password stands in, or "".
	file string
}

// Literal returns a secret that is the password itself.
func Literal(password string) Secret { return Secret{&held{text: password}} }

// IsZero reports whether there is no secret at all.
func (s Secret) IsZero() bool { return s.held == nil }

// IsLiteral reports whether the password itself was written down.
func (s Secret) IsLiteral() bool { return s.held != nil && s.held.kind == secretLiteral }

// String says where the password is kept, and never the password.
func (s Secret) String() string {
	switch {
	case s.held == nil:
		return ""
	case s.held.kind == secretEnv:
		return "env " + s.held.text
	case s.held.kind == secretFile:
		return "file " + s.held.text
	case s.held.kind == secretKeyring:
		return "keyring " + s.held.text
	case s.held.kind == secretCommand:
		return "command"
	}
	return "hidden"
}

// GoString implements [fmt.GoStringer].
func (s Secret) GoString() string { return "config.Secret(" + s.String() + ")" }

// MarshalText implements [encoding.TextMarshaler]; JSON uses it too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
