package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"ferry/sync"
)

// An Example holds the values for a new ferry.yaml.
type Example struct {
	Name      string // of the profile
	Local     string // as written to the file
	Remote    Remote
	Direction sync.Direction
	// Password says where the password is kept. With the zero place the file has a
	// comment there.
	Password Place
	// More are other keys of the profile with their values.
	More []Setting
}

// A Place is where a secret is kept: Key is env, file, command or keyring.
type Place struct{ Key, Value string }

// A Setting is one key of a profile with its value.
type Setting struct{ Key, Value string }

// Text returns a commented configuration file with one profile. It never contains
// a password.
func (e Example) Text() (string, error) {
	if err := CheckName(e.Name); err != nil {
		return "", err
	}
	return fmt.Sprintf(exampleText, quote(e.Name), quote(e.Local), quote(e.Remote.String()), e.Direction, e.password(), e.more("    ")), nil
}

// CheckName returns an error if a profile cannot have this name.
func CheckName(name string) error {
	if why := checkName(name); why != "" {
		return errors.New(why)
	}
	return nil
}

func (e Example) password() string {
	if e.Password == (Place{}) {
		return "# password: {env: SITE_PASSWORD}"
	}
	return "password: {" + e.Password.Key + ": " + quoteInFlow(e.Password.Value) + "}"
}

// more returns the other keys, one a line.
func (e Example) more(indent string) string {
	var b strings.Builder
	for _, s := range e.More {
		b.WriteString(indent + s.Key + ": " + quoteInFlow(s.Value) + "\n")
	}
	return b.String()
}

// quoteInFlow returns s as one word of YAML, in quotes, so that it may stand between
// braces.
func quoteInFlow(s string) string {
	text, _ := json.Marshal(s) // a string of JSON is one of YAML, too
	return string(text)
}

// quote returns s as one word of YAML.
func quote(s string) string {
	text, err := yaml.Marshal(s)
	if err != nil || strings.Count(string(text), "\n") != 1 {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
	}
	return strings.TrimSuffix(string(text), "\n")
}

const exampleText = `# What ferry keeps in sync. Keep passwords elsewhere: in the environment, a file,
# the output of a command, or ~/.netrc.

defaults:
  connections: auto         # as many as pay and the server allows; a number is the most
  mode: auto                # who opens data connections: auto, passive, active

profiles:
  %s:
    local: %s
    remote: %s
    direction: %-12s # both, push (local to server) or pull
    %s
%s    conflict: keep-both     # or newer, local, remote, skip
    # max-delete: 50%%       # stop when a pass would delete more of one side
    # bwlimit: 2MiB:10MiB   # up:down, per second
    # poll: 1m              # watch: how often to look at the server
    ignore: |               # suggested by ferry init; as in .gitignore; ignored files are not deleted
      *.tmp
      node_modules/
`
