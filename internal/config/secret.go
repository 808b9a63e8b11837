package config

import "log/slog"

// A secretKind says where a secret is kept.
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

// A Secret is a password or key, or says where one is kept. The zero Secret is none. No
// format shows the password: it is kept behind a function, which none looks into.
type Secret struct{ reveal func() held }

// held is what a secret holds. It must never be a field of another type, where a
// format would show it.
type held struct {
	// key is the one of ferry.yaml that gave the secret; "": that of a password.
	key  string
	kind secretKind
	text string // the password, name, path or command
	// file is the configuration file that the secret is from, or "".
	file string
	// typed says that the password was given on the command line.
	typed bool
}

// nounOf says what a key of ferry.yaml holds.
func nounOf(key string) string {
	if key == "state-key" {
		return "key"
	}
	return "password"
}

// Literal returns a secret that is the password itself.
func Literal(password string) Secret { return hide(held{text: password}) }

// Variable returns a secret that a variable of the environment holds.
func Variable(name string) Secret { return hide(held{kind: secretEnv, text: name}) }

func hide(h held) Secret { return Secret{func() held { return h }} }

// IsZero reports whether there is no secret at all.
func (s Secret) IsZero() bool { return s.reveal == nil }

// Variable returns the name of the environment variable that holds the password, or
// "" if it is kept elsewhere.
func (s Secret) Variable() string {
	if !s.IsZero() && s.reveal().kind == secretEnv {
		return s.reveal().text
	}
	return ""
}

// File returns the path of the file that holds the password, or "" if it is kept
// elsewhere.
func (s Secret) File() string {
	if !s.IsZero() && s.reveal().kind == secretFile {
		return s.reveal().text
	}
	return ""
}

// IsCommand reports whether a command prints the password.
func (s Secret) IsCommand() bool { return !s.IsZero() && s.reveal().kind == secretCommand }

// Command returns the command that prints the password, or "" if it is kept elsewhere.
func (s Secret) Command() string {
	if s.IsCommand() {
		return s.reveal().text
	}
	return ""
}

// String says where the password is kept, and never the password.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	switch h := s.reveal(); h.kind {
	case secretEnv:
		return "env " + h.text
	case secretFile:
		return "file " + h.text
	case secretKeyring:
		return "keyring " + h.text
	case secretCommand:
		return "command"
	}
	return "hidden"
}

// Place says for people where the password is kept, as "the variable PW"; "": it is not
// kept anywhere.
func (s Secret) Place() string {
	if s.IsZero() {
		return ""
	}
	switch h := s.reveal(); h.kind {
	case secretEnv:
		return "the variable " + h.text
	case secretFile:
		return h.text
	case secretKeyring:
		return "the keyring (" + h.text + ")"
	case secretCommand:
		return "the command of the profile"
	default:
		if h.typed {
			return "the URL"
		}
		return h.file
	}
}

// GoString implements [fmt.GoStringer].
func (s Secret) GoString() string { return "config.Secret(" + s.String() + ")" }

// MarshalText implements [encoding.TextMarshaler]; JSON uses it too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
