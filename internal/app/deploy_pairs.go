package app

import (
	"errors"
	"fmt"
	"slices"

	"ferry/internal/config"
)

// DeployPairs returns what args name, for deploys: LOCAL URL, or profiles of ferry.yaml that
// have a deploy: key, all of them where there are no args.
func (w Workspace) DeployPairs(args []string) ([]*Pair, error) {
	pairs, err := w.Pairs(args)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		if p.Direct {
			p.Deploy = config.NewDeploy()
		}
		if p.Deploy == nil && len(args) > 0 {
			return nil, Usage(fmt.Errorf("profile %s has no deploy: key", p.Name), "\"deploy: {}\" in the profile lets ferry deploy it; ferry push, sync and watch leave it alone then")
		}
		p.deploys = true
	}
	pairs = slices.DeleteFunc(pairs, func(p *Pair) bool { return p.Deploy == nil })
	if len(pairs) == 0 {
		return nil, Usage(errors.New("no profile has a deploy: key"), "\"deploy: {}\" in a profile lets ferry deploy it, or name the two sides: ferry deploy ./public ftpes://user@host/htdocs")
	}
	return pairs, nil
}
