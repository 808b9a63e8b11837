// Package action runs the action of this repository as GitHub and Forgejo would, without either: a small runner for
// composite actions, a scratch workspace, and the embedded FTP server.
package action
