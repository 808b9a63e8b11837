package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"ferry/internal/keyring"
)

// PasswordVariable is the environment variable with the password for pairs that name
// none themselves.
const PasswordVariable = "FERRY_PASSWORD"

// SourceVariable is the environment variable with the password of the server that a copy reads
// from, where it has another one than the target.
const SourceVariable = "FERRY_SOURCE_PASSWORD"

// DashboardVariable is the environment variable with the password of the dashboard.
const DashboardVariable = "FERRY_DASHBOARD_PASSWORD"

// ErrNoPassword is wrapped by the error of [Finder.Password] if no source has a
// password.
var ErrNoPassword = errors.New("no password")

// A Finder finds users and passwords. The zero Finder has no environment and no keyring.
// Its methods may be called from several goroutines if its functions may.
type Finder struct {
	// Getenv returns a variable of the environment; nil: there are none.
	Getenv func(string) string
	// Home is the home directory, where .netrc is looked for; "": nowhere.
	Home string
	// Keyring is that of the user; nil: there is none.
	Keyring keyring.Keyring
	// Warn is called for passwords that others can read, and for a keyring that is there
	// and cannot be used; nil: no warnings.
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

// Password returns the password of user on the server of p, and for people the place
// that it is from. It takes the first that it finds in the profile, the variable
// FERRY_PASSWORD, the user's .netrc and the keyring. The profile comes first because it
// belongs to one server, and the variable to none. So the variable is never sent to a server that
// lets anybody in. The error wraps [ErrNoPassword] if
// only a person can know the password. No error contains a password.
func (f Finder) Password(ctx context.Context, p *Profile, user string) (password, from string, err error) {
	password, from, err = f.find(ctx, p, user)
	if err == nil {
		err = CheckPassword(password)
	}
	if err != nil {
		return "", from, err
	}
	return password, from, nil
}

func (f Finder) find(ctx context.Context, p *Profile, user string) (password, from string, err error) {
	if !p.Password.IsZero() {
		password, err := f.reveal(ctx, p.Password)
		if err != nil {
			return "", "", fmt.Errorf("password of profile %s: %w", p.Name, err)
		}
		return password, p.Password.Place(), nil
	}
	variable := PasswordVariable
	if p.NoVariable {
		variable = SourceVariable
	}
	anybody := user == "" || user == "anonymous"
	if password := f.getenv(variable); password != "" && !anybody {
		return password, "the variable " + variable, nil
	}
	entry, file, err := f.netrc(p.Remote.Host, user)
	switch {
	case err != nil:
		return "", "", err
	case !entry.Password.IsZero():
		return entry.Password.reveal().text, file, nil
	case anybody || user == "ftp":
		return "anonymous@", "", nil // RFC 1635: anything that looks like an address
	}
	account := p.Remote.Account(user)
	if password, found, err := f.fromKeyring(ctx, account); found || err != nil {
		return password, "the keyring (" + account + ")", err
	}
	hint := "put it into the keyring with \"ferry login\", write password: {env: NAME} (or file, command) into the profile, or add the host to ~/.netrc"
	if p.Name == "" || p.Local == "" { // it was named by its URL
		server := p.Remote
		server.User, server.Path, server.Absolute = user, "", false
		hint = "put it into the keyring with \"ferry login " + server.String() + "\", or add the host to ~/.netrc"
	}
	return "", "", withHint(fmt.Errorf("%w for %s", ErrNoPassword, account), "set "+variable+", "+hint)
}

// CheckPassword refuses a password with characters that end an FTP command
// (RFC 959, 5.3).
func CheckPassword(password string) error {
	if strings.ContainsAny(password, "\r\n\x00") {
		return errors.New("the password contains a line break or NUL, which FTP cannot send")
	}
	return nil
}
