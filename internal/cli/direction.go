package cli

import (
	"fmt"

	"ferry/internal/app"
	"ferry/internal/text"

	"github.com/spf13/pflag"
)

// mostNamed is how many profiles a message names.
const mostNamed = 3

// A directionFlag is the option of a one-way command that makes it go over profiles of
// the other direction, too.
type directionFlag struct {
	value[app.Direction]
	way app.Direction // of the command
}

func (f *directionFlag) register(flags *pflag.FlagSet, way app.Direction) {
	f.way = way
	f.add(flags, "direction", fmt.Sprintf("`WAY` is %s: do this also to profiles whose direction is another", way), parseText[app.Direction])
}

// check refuses another direction than that of the command.
func (f *directionFlag) check() error {
	if f.set && f.v != f.way {
		return app.Usage(fmt.Errorf("\"ferry %s\" goes one way, and --direction %s is another", f.way, f.v), fmt.Sprintf("say \"ferry %s\", or \"ferry sync\" for both ways", otherCommand(f.v)))
	}
	return nil
}

// A pairDirection is the option that gives a pair on the command line a direction, where the
// command itself has none.
type pairDirection struct{ value[app.Direction] }

func (f *pairDirection) register(flags *pflag.FlagSet) {
	f.add(flags, "direction", "for LOCAL URL: `WAY` is both, push or pull (default both)", parseText[app.Direction])
}

// over gives the pairs that direction. A profile has one of its own.
func (f *pairDirection) over(pairs []*app.Pair) error {
	for _, p := range pairs {
		if f.set && !p.Direct {
			return app.Usage(fmt.Errorf("--direction is for LOCAL URL, and %s is a profile", text.Clean(p.Name)),
				fmt.Sprintf("write \"direction: %s\" into its profile; \"ferry %s --dry-run\" prints such a plan, too", f.v, otherCommand(f.v)))
		}
		f.value.over(&p.Direction)
	}
	return nil
}

func otherCommand(d app.Direction) string {
	if d == app.Both {
		return "sync"
	}
	return d.String()
}

// onlyThisWay returns the pairs that a one-way command goes over: of all profiles those
// whose direction allows it, and the others are named. A profile of the other direction
// that was asked for by name is an error. named says that profiles were.
func (f *directionFlag) onlyThisWay(pairs []*app.Pair, named bool, note func(string, ...any)) ([]*app.Pair, error) {
	var fit []*app.Pair
	var other []string
	for _, p := range pairs {
		if f.set || p.Direct || p.Direction == app.Both || p.Direction == f.way {
			fit = append(fit, p)
		} else {
			other = append(other, text.Clean(p.Name))
		}
	}
	way := fmt.Sprintf("--direction %s does it nevertheless", f.way)
	switch {
	case len(other) == 0:
		return fit, nil
	case named:
		return nil, app.Usage(fmt.Errorf("the direction of %s is %s", text.Some(other, mostNamed), opposite(f.way)), way)
	case len(fit) == 0:
		return nil, app.Usage(fmt.Errorf("there is no profile to %s: the direction of %s is %s", f.way, text.Some(other, mostNamed), opposite(f.way)), way)
	}
	note("left out, since the direction is %s: %s", opposite(f.way), text.Some(other, mostNamed))
	return fit, nil
}

func opposite(d app.Direction) app.Direction {
	if d == app.Push {
		return app.Pull
	}
	return app.Push
}
