package cli

import (
	"fmt"

	"ferry/internal/app"

	"github.com/spf13/pflag"
)

// sideFlag is the option that names one of the two sides.
type sideFlag struct{ value[app.Side] }

func (f *sideFlag) register(flags *pflag.FlagSet) {
	f.add(flags, "side", "look at one side only: `SIDE` is local or remote", parseSide)
}

// wants reports whether a side is to be looked at.
func (f *sideFlag) wants(side app.Side) bool { return !f.set || f.v == side }

func parseSide(s string) (app.Side, error) {
	for _, side := range app.Sides {
		if s == side.String() {
			return side, nil
		}
	}
	return app.Local, fmt.Errorf("%q is neither local nor remote", s)
}
