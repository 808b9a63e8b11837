package config

import "reflect"

// Equal reports whether two profiles have the same settings, so that a watch of one
// can go on under the other.
func (p *Profile) Equal(q *Profile) bool {
	a, b := *p, *q
	if !a.Password.equal(b.Password) {
		return false
	}
	a.Password, b.Password = Secret{}, Secret{}
	if a.Deploy != nil && b.Deploy != nil {
		v, w := *a.Deploy, *b.Deploy
		if !v.StateKey.equal(w.StateKey) {
			return false
		}
		v.StateKey, w.StateKey = Secret{}, Secret{}
		a.Deploy, b.Deploy = &v, &w
	}
	return reflect.DeepEqual(a, b)
}

// equal reports whether two secrets are the same, or are kept in the same place.
func (s Secret) equal(t Secret) bool {
	if s.IsZero() || t.IsZero() {
		return s.IsZero() == t.IsZero()
	}
	return s.reveal() == t.reveal()
}
