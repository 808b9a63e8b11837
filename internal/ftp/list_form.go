package ftp

// ListForm returns the best command to list with.
func (f *Features) ListForm() ListForm {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.listForm
}

// ShowsSelf reports whether listings by [Features.ListForm] show the directory itself, as
// "." or type=cdir. One that does not is cut, or lists another directory.
func (f *Features) ShowsSelf() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.showsSelf
}

// UseForm has all listings made by form from now on. showsSelf is as in
// [Features.ShowsSelf].
func (f *Features) UseForm(form ListForm, showsSelf bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listForm, f.showsSelf, f.unsure = form, showsSelf, false
}

// ProveMLSD notes that a listing by MLSD was seen to be in order. showsSelf is as in
// [Features.ShowsSelf].
func (f *Features) ProveMLSD(showsSelf bool) {
	f.mu.Lock()
	unsure := f.unsure && f.listForm == FormMLSD
	f.mu.Unlock()
	if unsure {
		f.UseForm(FormMLSD, showsSelf)
	}
	f.Observe(MLSDWorks, true)
}

// listToRemember returns what is remembered of the form: "" where it has to be found out
// again.
func (f *Features) listToRemember() (command string, showsSelf bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.unsure {
		return "", f.showsSelf
	}
	return f.listForm.Command(), f.showsSelf
}

// GiveUpMLSD has all directories listed by form, one of LIST, because of why: it completes
// "this server ...".
func (f *Features) GiveUpMLSD(why string, form ListForm, showsSelf bool) {
	f.UseForm(form, showsSelf)
	f.mu.Lock()
	f.listNote = why + ": " + form.Command() + " is used"
	f.mu.Unlock()
	f.Observe(MLSDWorks, false)
}

// ListNote says in words why FEAT lists MLSD and another command is used, "" if it is not so or
// not known.
func (f *Features) ListNote() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.listNote
}
