//go:build !linux

package realftp

import "errors"

const pamService = ""

var errNotHere = errors.New("the servers run on Linux only")

func namespaced() bool                     { return false }
func checkPrivileges(string) error         { return errNotHere }
func (s *Server) makePureDB(program) error { return errNotHere }
func (s *Server) writeScript() error       { return errNotHere }

// run is never reached: no server is found here.
func (s *Server) run(p program) (*process, error) {
	_, err := s.command(p)
	return nil, errors.Join(err, errNotHere)
}

type process struct {
	gone chan struct{}
	err  error
}

func (*process) kill() {}
