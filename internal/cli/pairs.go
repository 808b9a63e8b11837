package cli

import (
	"errors"
	"fmt"
	"slices"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/text"
)

// passPairs returns the pairs that args name with the options of a pass over them.
// oneWay, where it is not nil, is for a command that goes one way.
func (prog *program) passPairs(args []string, flags *passFlags, oneWay *directionFlag) ([]*app.Pair, error) {
	pairs, err := prog.workspace().Pairs(args)
	if err == nil {
		err = flags.direction.over(pairs)
	}
	if err == nil {
		pairs, err = withoutDeployed(pairs, len(args) > 0, prog.talk().Note)
	}
	if err == nil && oneWay != nil {
		if err = oneWay.check(); err == nil {
			pairs, err = oneWay.onlyThisWay(pairs, len(args) > 0, prog.talk().Note)
		}
	}
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		if oneWay != nil {
			p.Direction = oneWay.way
		}
		flags.over(p.Profile)
		prog.makeAbsolute(p)
		if err := flags.check(p); err != nil {
			return nil, err
		}
		if err := prog.readRules(p, flags); err != nil {
			return nil, err
		}
		if p.Only, err = prog.workspace().Only(p, flags.only); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

// connectPairs returns the pairs that args name with the options about the server over
// them.
func (prog *program) connectPairs(args []string, flags *connectFlags) ([]*app.Pair, error) {
	if ofCopy(args) {
		return nil, app.Usage(errors.New("both sides of the pair are URLs"), "\"ferry status\" says what a copy would do and which of its conflicts wait; what a copy has kept with --trash on is listed by \"ferry trash . TARGET --side remote\"; with one server there is \"ferry sync\"")
	}
	pairs, err := prog.workspace().Pairs(args)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		flags.over(p.Profile)
		prog.makeAbsolute(p)
		if err := flags.check(p); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

// onePair is as connectPairs for commands that work in one pair.
func (prog *program) onePair(args []string, flags *connectFlags) (*app.Pair, error) {
	pairs, err := prog.connectPairs(args, flags)
	if err != nil {
		return nil, err
	}
	if len(pairs) > 1 {
		return nil, tooManyPairs(pairs)
	}
	return pairs[0], nil
}

// pathFirst refuses the name of a profile where a path comes first.
func (prog *program) pathFirst(command string, args []string) error {
	names, err := prog.workspace().ProfileNames()
	if err != nil || len(args) != 2 || !slices.Contains(names, args[0]) || slices.Contains(names, args[1]) || config.IsURL(args[1]) {
		return nil
	}
	return app.Usage(errors.New("the path comes before the profile"), fmt.Sprintf("as in: %s %s %s", command, args[1], args[0]))
}

func tooManyPairs(pairs []*app.Pair) error {
	var names []string
	for _, p := range pairs {
		names = append(names, text.Clean(p.Name))
	}
	return app.Usage(fmt.Errorf("there are %d profiles, and this is done in one of them", len(pairs)), "name the profile last, one of "+text.Some(names, mostNamed))
}

// makeAbsolute completes a path that an option gave.
func (prog *program) makeAbsolute(p *app.Pair) {
	if p.CA != "" {
		p.CA = prog.workspace().Absolute(p.CA)
	}
}

// readRules reads what a pair ignores.
func (prog *program) readRules(p *app.Pair, flags *passFlags) error {
	file := ""
	if flags.ignoreFile.set {
		file = prog.workspace().Absolute(flags.ignoreFile.v)
	}
	return p.ReadRules(file, flags.patterns)
}
