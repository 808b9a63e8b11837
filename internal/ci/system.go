package ci

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// A System is a kind of CI system, by what it reads from the output of a program.
type System uint8

// The systems. Forgejo and Gitea read what GitHub does.
const (
	None System = iota
	GitHub
	GitLab
)

var systemNames = [...]string{"none", "github", "gitlab"}

func (s System) String() string { return systemNames[s] }

// MarshalText implements [encoding.TextMarshaler].
func (s System) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *System) UnmarshalText(text []byte) error {
	for i, name := range systemNames {
		if name == string(text) {
			*s = System(i)
			return nil
		}
	}
	return fmt.Errorf("%q is none of %s", text, strings.Join(systemNames[:], ", "))
}

// Detect finds out by the environment which system runs this program.
func Detect(getenv func(string) string) System {
	switch {
	case getenv("GITHUB_ACTIONS") != "", getenv("FORGEJO_ACTIONS") != "", getenv("GITEA_ACTIONS") != "":
		return GitHub
	case getenv("GITLAB_CI") != "":
		return GitLab
	}
	return None
}

// ChangesAddress reports whether each run is on a machine with another address on the Internet,
// as on the machines that GitHub lends.
func ChangesAddress(getenv func(string) string) bool {
	return getenv("GITHUB_ACTIONS") != "" && getenv("RUNNER_ENVIRONMENT") == "github-hosted"
}

// A Run is what a system says of a run.
type Run struct {
	Source   string // the repository and the workflow: what runs are counted in; "": not known
	Revision string // the commit
	Sequence int64  // the number of the run within Source; 0: not known
}

// RunOf returns what the environment says of a run.
func (s System) RunOf(getenv func(string) string) Run {
	switch s {
	case GitHub:
		return Run{
			Source:   join(getenv("GITHUB_REPOSITORY"), getenv("GITHUB_WORKFLOW")),
			Revision: getenv("GITHUB_SHA"),
			Sequence: number(getenv("GITHUB_RUN_NUMBER")),
		}
	case GitLab:
		return Run{
			Source:   cmp.Or(getenv("CI_PROJECT_PATH"), getenv("CI_PROJECT_ID")),
			Revision: getenv("CI_COMMIT_SHA"),
			Sequence: number(getenv("CI_PIPELINE_IID")),
		}
	}
	return Run{}
}

func join(repository, workflow string) string {
	if repository == "" || workflow == "" {
		return repository
	}
	return repository + " (" + workflow + ")"
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
