package site

import "strings"

// WorkPath is the path of the work directory, as it is seen from the site: relative to it, with
// ".." at the front where it lies outside.
func (srv *Server) WorkPath() string {
	from, to := strings.Split(srv.root, "/"), strings.Split(srv.work(""), "/")
	for len(from) > 0 && len(to) > 0 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return strings.Repeat("../", len(from)) + strings.Join(to, "/")
}
