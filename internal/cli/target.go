package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ferry/internal/config"
	"ferry/internal/gitignore"
	"ferry/sync"
)

// A pair is a profile with the options of the command line over it.
type pair struct {
	*config.Profile
	// direct says that the pair was given as LOCAL URL, so that it has no name.
	direct bool
	ignore *gitignore.Rules
	// borrowed says that the process which watches the pair lends it to this one.
	borrowed bool
}

// policy returns what the pair says about decisions. A push keeps nothing on
// the server unless that was asked for: what it replaces came from here, and
// what it keeps would be published.
func (p *pair) policy() sync.Policy {
	policy := p.Policy()
	if p.Direction == sync.Push && !p.TrashSet {
		policy.Trash[sync.Remote] = false
	}
	return policy
}

// head returns what reports say about a pass over p.
func (p *pair) head(dryRun, titled bool) passHead {
	h := passHead{
		local: p.Local, remote: p.Remote.String(),
		direction: p.Direction, dryRun: dryRun, titled: titled,
	}
	if !p.direct {
		h.profile = p.Name
	}
	return h
}

// pairs returns what args name: LOCAL URL, or profiles of ferry.yaml, all of
// them where there are no args.
func (a *app) pairs(args []string) ([]*pair, error) {
	if slices.ContainsFunc(args, config.IsURL) {
		return a.directPair(args)
	}
	file, err := a.readConfig()
	if errors.Is(err, config.ErrNoFile) {
		return nil, a.noProfile(args, err)
	}
	if err != nil {
		return nil, err
	}
	profiles, err := file.Select(args)
	if err != nil {
		return nil, a.noProfile(args, err)
	}
	if len(profiles) == 0 {
		return nil, usage(fmt.Errorf("%s has no profiles", file.Path), "\"ferry init LOCAL URL\" shows what one looks like")
	}
	var found []*pair
	for _, p := range profiles {
		found = append(found, &pair{Profile: p})
	}
	return found, nil
}

func (a *app) directPair(args []string) ([]*pair, error) {
	if len(args) != 2 {
		return nil, usage(errors.New("a pair is one local directory and one URL"), "as in: ferry sync ./public ftpes://user@host/path")
	}
	p, err := config.Pair(args[0], args[1], a.env.Dir, a.env.Home)
	if err != nil {
		return nil, usage(err, config.Hint(err))
	}
	return []*pair{{Profile: p, direct: true}}, nil
}

// noProfile explains why args name nothing; one that looks like a directory was
// most likely meant to have a URL behind it.
func (a *app) noProfile(args []string, err error) error {
	for _, arg := range args {
		if strings.Contains(arg, "@") {
			return usage(err, "a server is written as a URL: ftp://user@host/path, or ftpes:// for TLS")
		}
		if strings.ContainsAny(arg, `/\`) || strings.HasPrefix(arg, ".") {
			return usage(err, "a directory needs the URL that it is kept in step with, as in: ferry sync "+arg+" ftpes://user@host/path")
		}
	}
	return usage(err, config.Hint(err))
}

// readConfig reads the ferry.yaml that counts.
func (a *app) readConfig() (*config.File, error) {
	path := a.common.config
	if path == "" {
		found, err := config.Find(a.env.Dir, a.env.Home, a.env.Getenv)
		if err != nil {
			return nil, usage(err, config.Hint(err))
		}
		path = found
	}
	file, err := config.Read(a.absolute(path), a.env.Home)
	if err != nil {
		return nil, usage(err, config.Hint(err))
	}
	return file, nil
}

// passPairs returns the pairs that args name with the options of a pass over
// them.
func (a *app) passPairs(args []string, flags *passFlags, direction *sync.Direction) ([]*pair, error) {
	pairs, err := a.pairs(args)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		if direction != nil {
			p.Direction = *direction
		}
		flags.over(p.Profile)
		if err := flags.check(p); err != nil {
			return nil, err
		}
		if p.ignore, err = a.ignoreRules(p, flags); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}
