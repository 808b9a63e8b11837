// Package deploy makes the site on an FTP server what a local directory says, all at once.
// Its memory is on the server, so any machine can go on where another one stopped.
//
// What a deploy knows and does is in three places on the server:
//
//	<site>                 what visitors see
//	<work>/state           the release that is live: its files, and how they got there
//	<work>/stage           the next release, which nobody sees
//
// A deploy goes through these phases:
//
//	lock -> state -> finish what broke off -> decide -> stage -> look again -> commit -> tidy
//
// [Decide] is a function of values. Until the commit nothing in the site changes. The commit
// is a burst of renames, and its first one is the point of no return: it makes stage/plan
// stage/commit. Whoever finds stage/commit finishes that release before anything else.
//
// One file format serves three purposes: the plan of a release, once all its steps are
// done, is the state, and for a release that is kept it says how to go back.
package deploy
