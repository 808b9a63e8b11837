package gitignore

import "strings"

// A tokenKind says what one part of a glob matches.
type tokenKind uint8

const (
	tokenByte  tokenKind = iota // one given byte
	tokenAny                    // "?": any byte but a slash
	tokenSet                    // "[...]": one byte of a set
	tokenStar                   // "*": any bytes but slashes
	tokenDeep                   // "**": any bytes
	tokenAbove                  // "**/": nothing, or any bytes and a slash
)

// A token is one part of a glob.
type token struct {
	kind tokenKind
	b    byte
	set  *byteSet
}

// parseGlob splits a pattern into tokens. "**" matches across slashes only where
// it is a whole component of a pattern for whole paths; anywhere else it is the
// same as "*". With fold the case of letters makes no difference. parseGlob returns false
// for a broken pattern, which matches nothing.
func parseGlob(pattern string, paths, fold bool) ([]token, bool) {
	var tokens []token
	for i := 0; i < len(pattern); {
		switch c := pattern[i]; c {
		case '*':
			n := len(pattern) - i - len(strings.TrimLeft(pattern[i:], "*"))
			t, used := starToken(pattern, i, n, paths)
			tokens = append(tokens, t)
			i += used
		case '?':
			tokens = append(tokens, token{kind: tokenAny})
			i++
		case '[':
			set, used, ok := parseBracket(pattern[i:], fold)
			if !ok {
				return nil, false
			}
			tokens = append(tokens, token{kind: tokenSet, set: set})
			i += used
		case '\\':
			if i+1 == len(pattern) {
				return nil, false
			}
			tokens = append(tokens, byteToken(pattern[i+1], fold))
			i += 2
		default:
			tokens = append(tokens, byteToken(c, fold))
			i++
		}
	}
	return tokens, true
}

// byteToken returns the token of one byte; with fold, of a letter in both cases.
func byteToken(c byte, fold bool) token {
	if !fold || !isLetter(c) {
		return token{kind: tokenByte, b: c}
	}
	set := new(byteSet)
	set.add(c)
	set.addOtherCase()
	return token{kind: tokenSet, set: set}
}

// starToken returns the token of the n stars at i, and how many bytes of the
// pattern it takes.
func starToken(pattern string, i, n int, paths bool) (token, int) {
	rest := pattern[i+n:]
	starts := i == 0 || pattern[i-1] == '/'
	ends := rest == "" || rest[0] == '/' || strings.HasPrefix(rest, `\/`)
	switch {
	case !paths || n == 1 || !starts || !ends:
		return token{kind: tokenStar}, n
	case strings.HasPrefix(rest, "/"):
		return token{kind: tokenAbove}, n + 1
	}
	return token{kind: tokenDeep}, n
}

// matchTokens reports whether tokens match all of text. A token that can match
// several lengths tries the shortest first. Once a later token with at least the
// same reach has been met, a longer match of an earlier one never helps. So two
// places to go back to are enough, and the work is bounded by a polynomial.
func matchTokens(tokens []token, text string) bool {
	if len(tokens) > 0 && tokens[0].kind < tokenStar && (text == "" || !tokens[0].matches(text[0])) {
		return false
	}
	star, deep := retry{at: -1}, retry{at: -1}
	for i, pos := 0, 0; ; {
		if i == len(tokens) && pos == len(text) {
			return true
		}
		if i < len(tokens) {
			switch t := &tokens[i]; t.kind {
			case tokenStar:
				if i+1 == len(tokens) && strings.IndexByte(text[pos:], '/') < 0 {
					return true
				}
				star = retry{i, pos}
				i++
				continue
			case tokenDeep, tokenAbove:
				if t.kind == tokenDeep && i+1 == len(tokens) {
					return true
				}
				star, deep = retry{at: -1}, retry{i, pos}
				i++
				continue
			default:
				if pos < len(text) && t.matches(text[pos]) {
					i, pos = i+1, pos+1
					continue
				}
			}
		}
		switch {
		case star.grow(text):
			i, pos = star.at+1, star.pos
		case deep.advance(tokens, text):
			star = retry{at: -1}
			i, pos = deep.at+1, deep.pos
		default:
			return false
		}
	}
}

// matches reports whether a token of one byte matches c.
func (t *token) matches(c byte) bool {
	switch t.kind {
	case tokenByte:
		return t.b == c
	case tokenAny:
		return c != '/'
	}
	return c != '/' && t.set.has(c)
}

// A retry is a token that can match more, and the end of its match in the text so
// far. A negative at means that there is none.
type retry struct{ at, pos int }

// grow makes a star match one byte more.
func (r *retry) grow(text string) bool {
	if r.at < 0 || r.pos >= len(text) || text[r.pos] == '/' {
		r.at = -1
		return false
	}
	r.pos++
	return true
}

// advance makes a token that reaches across slashes match more: one byte, or all
// up to and including the next slash.
func (r *retry) advance(tokens []token, text string) bool {
	if r.at < 0 || r.pos >= len(text) {
		return false
	}
	step := 1
	if tokens[r.at].kind == tokenAbove {
		step = strings.IndexByte(text[r.pos:], '/') + 1
	}
	r.pos += step
	return step > 0
}
