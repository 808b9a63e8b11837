package ftp

// optionalCommands are commands that ferry can do without, with the quirk that says whether
// a server has them.
var optionalCommands = map[string]Quirk{"MLST": MLSTWorks, "SIZE": SIZEWorks, "MDTM": MDTMWorks, "MFMT": MFMTWorks}

// notAnswered notes that the server was silent after a command, or sent what is no answer to it. One that it has never
// answered as it should counts as not known from then on.
func (f *Features) notAnswered(verb string) {
	if q, optional := optionalCommands[verb]; optional && !f.Proven(q) {
		f.Observe(q, false)
	}
}
