package listing

// DecodeWith has p read lines in another encoding than UTF-8. decode turns bytes into text
// and reports whether the text stands for these bytes alone.
func (p *Parser) DecodeWith(decode func(bytes string) (text string, exact bool)) { p.decode = decode }

// decodeLine returns a line as text. Where that is not exact it returns the bytes, of which
// at most the name is text; see decodeName. In all encodings that are used over FTP the
// bytes of ASCII stand for themselves, so the columns can be told.
func (p *Parser) decodeLine(line string) (text string, exact bool) {
	if p.decode == nil {
		return line, true
	}
	if text, exact = p.decode(line); exact {
		return text, true
	}
	return line, false
}

// decodeName turns the name of an entry into text, whose line could not be.
func (p *Parser) decodeName(e Entry) Entry {
	if name, exact := p.decode(e.Name); exact {
		e.Name = name
	} else {
		e.Undecoded = true
	}
	return e
}
