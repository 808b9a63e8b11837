//go:build !linux && !darwin && !windows

package local

import "errors"

const (
	flagNoReplace = 1
	flagExchange  = 2
)

func renameWithFlags(_ *dirHandle, _ string, _ *dirHandle, _ string, _ uint) error {
	return errors.ErrUnsupported
}
