package ftp

import "slices"

// askForModes makes listings show permission bits, unless the command for that was among
// those of the login. A refusal changes nothing.
func (s *Session) askForModes(login []*awaited) error {
	line := s.features.showModes
	isSent := func(a *awaited) bool { return a.line == line }
	if line == "" || slices.ContainsFunc(login, isSent) {
		return nil
	}
	asked := &awaited{line: line}
	err := s.c.send(asked)
	if err == nil {
		_, err = s.c.await(asked)
	}
	return err
}
