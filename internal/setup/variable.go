package setup

import (
	"errors"
	"regexp"
	"strings"
)

var goodVariable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func checkVariable(name string) error {
	if !goodVariable.MatchString(name) {
		return errors.New("a variable has letters, digits and _ only, and does not begin with a digit")
	}
	return nil
}

// variableFor returns a name for the variable with the password of a profile, as
// SITE_PASSWORD.
func variableFor(profile string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, profile)
	if name != "" && name[0] >= '0' && name[0] <= '9' {
		name = "_" + name
	}
	return strings.ToUpper(name) + "_PASSWORD"
}
