//go:build !linux && !darwin

package local

import "errors"

const (
	noReplace = 1
	exchanged = 2
)

func renameFlags(_ *place, _ string, _ *place, _ string, _ uint) error {
	return errors.ErrUnsupported
}
