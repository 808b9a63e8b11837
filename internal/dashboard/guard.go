package dashboard

import "net/http"

// policy lets a page use what this server sends it, and nothing else: no inline script or
// style, no other host, no frame around it. Pictures may stand in the page itself.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// maxBody is the longest body of a request, in bytes.
const maxBody = 64 << 10

// guard stands before everything: it refuses requests that were not made by a page of this
// server for this server, and tells the browser what a page may do.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writing(w)
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin") // without any, a form would have the origin "null"
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !s.isOurs(r.Host) { // a name that somebody else has pointed to this machine
			http.Error(w, "this server does not know the name "+quoted(r.Host)+": open the address that ferry has printed", http.StatusMisdirectedRequest)
			return
		}
		if !s.sameOrigin(r) {
			http.Error(w, "this request comes from another page", http.StatusForbidden)
			return
		}
		if !readBody(w, r) {
			w.Header().Set("Connection", "close")
			http.Error(w, "the body of this request is too long, or did not come", http.StatusRequestTimeout)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin reports whether a page of this server, or the user, has made a request.
func (s *Server) sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	ours := origin == s.scheme+"://"+r.Host
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		if origin != "" && !ours {
			return false
		}
		site := r.Header.Get("Sec-Fetch-Site")
		foreign := site == "cross-site" || site == "same-site" // another port is the same site
		return !foreign || r.Header.Get("Sec-Fetch-Mode") == "navigate"
	case http.MethodPost:
		return ours
	}
	return false
}

// inside calls next with the session of a request, and refuses those without one.
func (s *Server) inside(next func(http.ResponseWriter, *http.Request, *session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		session := s.sessions.of(r)
		if session == nil {
			s.fail(w, http.StatusUnauthorized, "You are not logged in here, or not any more.", "Open the address that ferry has printed.")
			return
		}
		if r.Method == http.MethodPost && !equal(r.PostFormValue("csrf"), session.csrf) {
			s.fail(w, http.StatusForbidden, "This form is of another session.", "Load the page again, and try once more.")
			return
		}
		next(w, r, session)
	}
}
