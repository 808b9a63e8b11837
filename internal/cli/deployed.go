package cli

import (
	"errors"
	"fmt"
	"strings"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/text"
)

// keptInStep returns the profiles that passes go over. Of all profiles those with deploy:
// are left out and named in one line, since what a pass does on the server would be drift
// to the next deploy. One that was asked for by name is an error. named says that profiles
// were.
func keptInStep(profiles []*config.Profile, named bool, note func(string, ...any)) ([]*config.Profile, error) {
	var kept []*config.Profile
	var deployed []string
	for _, p := range profiles {
		if p.Deploy == nil {
			kept = append(kept, p)
		} else {
			deployed = append(deployed, text.Clean(p.Name))
		}
	}
	names, command := text.Some(deployed, mostNamed), "ferry deploy"
	if len(deployed) <= mostNamed {
		command += " " + strings.Join(deployed, " ")
	}
	hint := fmt.Sprintf("say \"%s\"; --dry-run only prints what it would do", command)
	switch {
	case len(deployed) == 0:
		return profiles, nil
	case named && len(deployed) == 1:
		return nil, app.Usage(fmt.Errorf("%s is deployed and not kept in sync: it has deploy: in ferry.yaml", names), hint)
	case named:
		return nil, app.Usage(fmt.Errorf("%s are deployed and not kept in sync: they have deploy: in ferry.yaml", names), hint)
	case len(kept) == 0:
		return nil, app.Usage(errors.New("there is no profile to keep in sync: all of them have the key deploy"), hint)
	}
	them := "it"
	if len(deployed) > 1 {
		them = "them"
	}
	note("left out, since \"ferry deploy\" brings %s to the server: %s", them, names)
	return kept, nil
}

// withoutDeployed is keptInStep for pairs.
func withoutDeployed(pairs []*app.Pair, named bool, note func(string, ...any)) ([]*app.Pair, error) {
	profiles := make([]*config.Profile, len(pairs))
	byProfile := make(map[*config.Profile]*app.Pair)
	for i, p := range pairs {
		profiles[i], byProfile[p.Profile] = p.Profile, p
	}
	profiles, err := keptInStep(profiles, named, note)
	if err != nil {
		return nil, err
	}
	kept := make([]*app.Pair, len(profiles))
	for i, p := range profiles {
		kept[i] = byProfile[p]
	}
	return kept, nil
}
