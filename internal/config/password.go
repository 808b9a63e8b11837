package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// PasswordVariable is the environment variable with the password for pairs that name
// none themselves.
const PasswordVariable = "FERRY_PASSWORD"

// ErrNoPassword is wrapped by the error of [Finder.Password] if no source has a
// password.
var ErrNoPassword = errors.New("no password")

// A Finder finds users and passwords. The zero Finder has no environment and asks
// nobody. Its methods may be called from several goroutines if its functions may.
type Finder struct {
	// Getenv returns a variable of the environment; nil: there are none.
	Getenv func(string) string
	// Home is the home directory, where .netrc is looked for; "": nowhere.
	Home string
	// Prompt asks a person for a password; nil: there is nobody to ask.
	Prompt func(ctx context.Context, question string) (string, error)
	// Warn is called for passwords that others can read; nil: no warnings.
	Warn func(text string)
	// Stderr is the standard error of a command that prints a password; nil: none.
	Stderr io.Writer
}

func (f Finder) getenv(name string) string {
	if f.Getenv == nil {
		return ""
	}
	return f.Getenv(name)
}

func (f Finder) warn(format string, args ...any) {
	if f.Warn != nil {
		f.Warn(fmt.Sprintf(format, args...))
	}
}

// User returns the user to log in as: that of the profile, else that of the host in
// .netrc, else "", which means anonymous.
func (f Finder) User(p *Profile) (string, error) {
	if p.Remote.User != "" {
		return p.Remote.User, nil
	}
	entry, _, err := f.netrc(p.Remote.Host, "")
	return entry.User, err
}

// Password returns the password of user on the server of p. It takes the first that
// it finds in the profile, the variable FERRY_PASSWORD and the user's .netrc, and
// then asks a person. The profile comes first because it belongs to one server, and the
// variable to none. The error wraps [ErrNoPassword] if there is none. No error
// contains a password.
func (f Finder) Password(ctx context.Context, p *Profile, user string) (string, error) {
	if !p.Password.IsZero() {
		password, err := f.reveal(ctx, p.Password)
		if err != nil {
			return "", fmt.Errorf("password of profile %s: %w", p.Name, err)
		}
		return password, checkPassword(password)
	}
	if password := f.getenv(PasswordVariable); password != "" {
		return password, checkPassword(password)
	}
	entry, found, err := f.netrc(p.Remote.Host, user)
	switch {
	case err != nil:
		return "", err
	case found && !entry.Password.IsZero():
		password := entry.Password.reveal().text
		return password, checkPassword(password)
	case user == "" || user == "anonymous" || user == "ftp":
		return "anonymous@", nil // RFC 1635: anything that looks like an address
	}
	where := user + "@" + p.Remote.address()
	if f.Prompt == nil {
		return "", withHint(fmt.Errorf("%w for %s", ErrNoPassword, where),
			"set "+PasswordVariable+", write password: {env: NAME} (or file, command) into the profile, or add the host to ~/.netrc")
	}
	password, err := f.Prompt(ctx, "Password for "+where+": ")
	if err != nil {
		return "", fmt.Errorf("asking for the password of %s: %w", where, err)
	}
	return password, checkPassword(password)
}

// checkPassword refuses a password with characters that end an FTP command
// (RFC 959, 5.3).
func checkPassword(password string) error {
	if strings.ContainsAny(password, "\r\n\x00") {
		return errors.New("the password contains a line break or NUL, which FTP cannot send")
	}
	return nil
}
