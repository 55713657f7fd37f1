package strictyaml

import "regexp"

// secretValue is the value behind a name that stands for a secret, where it is
// no reference such as env:NAME. Such a value does not belong into a document,
// and what is wrong with the document is printed, logged and pasted into tickets.
var secretValue = regexp.MustCompile(`(?i)\b((?:[a-z_]*(?:password|passwd|secret|token)|[a-z_]*(?:api|access|secret|private)_?key(?:_id)?|dsn)["']?\s*:\s*)("[^"]*"?|'[^']*'?|[^\s,}\]#"'][^\s,}\]]*)`)

// hidden stands for what is not shown.
const hidden = "•••"

var reference = regexp.MustCompile(`^["']?(?:env|file|exec):`)

// masked returns the line without values of secrets.
func masked(line string) string {
	return secretValue.ReplaceAllStringFunc(line, func(s string) string {
		m := secretValue.FindStringSubmatch(s)
		if reference.MatchString(m[2]) {
			return s
		}
		return m[1] + hidden
	})
}
