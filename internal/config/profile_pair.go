package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"ferry/internal/localpath"
)

// Pair returns the profile of a pair that is given on the command line: a local
// directory, relative to dir, and a URL. home replaces a leading "~" that the shell
// has left.
func Pair(local, url, dir, home string) (*Profile, error) {
	switch l, u := IsURL(local), IsURL(url); {
	case l && u:
		return nil, withHint(errors.New("both sides of the pair are URLs"), "one side must be a directory on this machine, as in: ferry sync ./public ftpes://user@host/path; from server to server goes \"ferry copy\"")
	case l:
		return nil, withHint(errors.New("the URL stands before the local directory"), swapped(local, url))
	case !u:
		return nil, withHint(fmt.Errorf("%q is not a URL", url), "a pair is a local directory and a URL, as in: ferry sync ./public ftpes://user@host/path")
	}
	p, err := Server(url)
	if err != nil {
		return nil, err
	}
	if p.Local, err = localPath(local, dir, home); err != nil {
		return nil, err
	}
	p.Name = pairName(filepath.ToSlash(p.Local), p.Remote.Host, 60)
	return p, nil
}

// Server returns a profile with nothing but a directory on a server, which a person typed as a
// URL.
func Server(url string) (*Profile, error) {
	r, err := ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("reading the URL: %w", err)
	}
	p := NewProfile("")
	p.Remote, p.Password = r, r.Password
	p.Remote.Password = Secret{}
	if !r.Password.IsZero() {
		p.Password = hide(held{text: r.Password.reveal().text, typed: true})
	}
	return p, nil
}

// swapped tells to name the sides the other way round. What cannot be read as a URL may
// hold a password anywhere, and is not repeated.
func swapped(url, local string) string {
	named := "ftpes://user@host/path"
	if r, err := ParseURL(url); err == nil {
		named = r.String()
	}
	if strings.ContainsAny(local, " \t'\"") {
		local = strconv.Quote(local)
	}
	return "in every command, whatever the direction, the local directory comes first: " + local + " " + named
}

// LocalPath returns a local path that a person typed as an absolute path, as [Pair] does.
func LocalPath(typed, dir, home string) (string, error) { return localPath(typed, dir, home) }

// localPath returns s as an absolute path. It is relative to dir unless it starts
// with "~" or is absolute already. On Windows \data is on the drive of dir.
func localPath(s, dir, home string) (string, error) {
	switch {
	case s == "":
		return "", errors.New("the path is empty")
	case strings.ContainsRune(s, 0):
		return "", errors.New("the path contains a NUL character")
	case s == "~" || strings.HasPrefix(s, "~/") || strings.HasPrefix(s, `~\`) && filepath.Separator == '\\':
		if home == "" {
			return "", fmt.Errorf("%q: the home directory is not known", s)
		}
		return filepath.Join(home, s[1:]), nil
	case s[0] == '~' && !strings.HasPrefix(s, "~."):
		return "", withHint(fmt.Errorf("%q: ~ stands only for your own home directory", s), "write the whole path, or ./"+s+" for a directory with this name")
	case localpath.IsDriveRelative(s):
		return "", withHint(fmt.Errorf("%q depends on the current directory of drive %s", s, s[:2]), "write "+s[:2]+`\`+s[2:]+`, or .\`+s[2:]+" for a path below this directory")
	}
	return localpath.Join(dir, s), nil
}
