package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// NetrcFiles returns the places at which the user's netrc file is looked for: the one
// that NETRC names, or .netrc in the home directory, or _netrc on Windows.
func NetrcFiles(home string, getenv func(string) string) []string {
	switch named := getenv("NETRC"); {
	case named != "":
		return []string{named}
	case home == "":
		return nil
	case runtime.GOOS == "windows":
		return []string{filepath.Join(home, "_netrc"), filepath.Join(home, ".netrc")}
	}
	return []string{filepath.Join(home, ".netrc")}
}

// netrc returns the login for host from the user's netrc file, and the path of that. The
// login is zero where there is none.
func (f Finder) netrc(host, user string) (entry login, file string, err error) {
	for _, path := range NetrcFiles(f.Home, f.getenv) {
		text, err := readSmall(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return login{}, "", fmt.Errorf("reading the netrc file: %w", err)
		}
		machines, err := parseNetrc(path, text)
		if err != nil {
			return login{}, "", err
		}
		entry, found := findLogin(machines, host, user)
		if found && !entry.Password.IsZero() && openToOthers(path) {
			f.warn("others can read %s, which contains passwords; chmod 600 it", path)
		}
		return entry, path, nil
	}
	return login{}, "", nil
}

// readSmall reads a file of at most maxSize bytes.
func readSmall(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxSize {
		return "", fmt.Errorf("%s is longer than %d KiB", path, maxSize>>10)
	}
	return string(text), nil
}

// findLogin returns the first entry for host with this user, or without a user. If
// user is "", any user matches. The default entry is used if no machine matches.
func findLogin(logins []login, host, user string) (login, bool) {
	for _, wanted := range []string{host, ""} {
		for _, l := range logins {
			if strings.EqualFold(l.Host, wanted) && (user == "" || l.User == "" || l.User == user) {
				return l, true
			}
		}
	}
	return login{}, false
}
