package config

import (
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
	// PasswordVariable is the environment variable to read the password from. With
	// "" the file has a comment in its place.
	PasswordVariable string
}

// Text returns a commented configuration file with one profile. It never contains
// a password.
func (e Example) Text() (string, error) {
	if why := checkName(e.Name); why != "" {
		return "", errors.New(why)
	}
	password := "# password: {env: SITE_PASSWORD}"
	if e.PasswordVariable != "" {
		password = "password: {env: " + quote(e.PasswordVariable) + "}"
	}
	return fmt.Sprintf(exampleText,
		quote(e.Name), quote(e.Local), quote(e.Remote.String()), e.Direction, password), nil
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
  connections: 4            # at most; ferry finds out how many the server allows
  mode: auto                # who opens data connections: auto, passive, active

profiles:
  %s:
    local: %s
    remote: %s
    direction: %-12s # both, push (local to server) or pull
    %s
    conflict: keep-both     # or newer, local, remote, skip
    # max-delete: 50%%       # stop when a pass would delete more of one side
    # bwlimit: 2MiB:10MiB   # up:down, per second
    # poll: 1m              # watch: how often to look at the server
    ignore: |               # as in .gitignore; ignored files are not deleted
      *.tmp
      node_modules/
`
