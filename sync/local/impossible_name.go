package local

import (
	"errors"
	"syscall"
)

// isImpossibleName reports whether err says that no file can have the name: it is too
// long, or it holds what this file system does not store. Such a name is absent. It is
// asked for where another spelling of a name that exists would be longer.
func isImpossibleName(err error) bool {
	if errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.EILSEQ) {
		return true
	}
	for _, code := range impossibleNames {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}
