package service

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// A Spec describes a service.
type Spec struct {
	// Name is the name of the service, see [Name].
	Name string
	// Description says in a few words what the service does.
	Description string
	// Program is the absolute path of the program, and Args are its arguments.
	Program string
	Args    []string
	// ConfigFile is the absolute path of the configuration file. A service of the
	// same name for another file is not replaced.
	ConfigFile string
	// AllowPrivileges lets programs that the service runs gain privileges, as sudo
	// does.
	AllowPrivileges bool
}

// mark is part of every definition that this package writes. The path of the
// configuration file follows it.
const mark = `Written by "ferry service install" for `

// Name returns the name of the service for a profile; "" means all profiles.
// Characters that some managers do not allow are replaced, and a hash is added to
// keep such names distinct.
func Name(profile string) string {
	if profile == "" {
		return "ferry"
	}
	changed := false
	name := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-', r == '.':
			return r
		}
		changed = true
		return '_'
	}, profile)
	if changed {
		sum := sha256.Sum256([]byte(profile))
		name += "-" + hex.EncodeToString(sum[:3])
	}
	return "ferry-" + name
}

// check returns an error if no manager can run the service.
func (s Spec) check() error {
	if !filepath.IsAbs(s.Program) && !strings.HasPrefix(s.Program, "/") && !strings.Contains(s.Program, `:\`) {
		return fmt.Errorf("the path of the program is not absolute: %q", s.Program)
	}
	for _, arg := range append([]string{s.Program, s.ConfigFile, s.Description}, s.Args...) {
		if strings.ContainsAny(arg, "\x00\r\n") {
			return errors.New("a path or an argument contains a line break")
		}
	}
	return nil
}

// parseMark returns the configuration file of a definition, and reports whether this
// package wrote it.
func parseMark(text string) (path string, ours bool) {
	_, rest, ours := strings.Cut(text, mark)
	path, _, _ = strings.Cut(rest, "\n")
	return strings.TrimRight(path, "\r"), ours
}

// A Problem is an error with a hint for the user.
type Problem struct {
	Err  error
	Hint string
}

func (p *Problem) Error() string { return p.Err.Error() }

func (p *Problem) Unwrap() error { return p.Err }

// A State is the state of a service.
type State struct {
	Name string `json:"name"`
	// File is the path of its definition.
	File string `json:"file"`
	// ConfigFile is the configuration file of the service.
	ConfigFile string `json:"for,omitempty"`
	Installed  bool   `json:"installed"`
	// Enabled says that it starts at login.
	Enabled bool `json:"enabled"`
	Running bool `json:"running"`
	PID     int  `json:"pid,omitempty"`
	// Detail is what the manager says about it.
	Detail string `json:"detail,omitempty"`
	// Log says where to find its output: a command or a file.
	Log string `json:"log,omitempty"`
}
