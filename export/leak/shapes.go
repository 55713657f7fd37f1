package leak

import "regexp"

// Shape is how secrets of one kind look: a literal that each of them holds, and
// the whole of it, anchored where the literal begins.
type Shape struct {
	Name    string
	literal string
	whole   *regexp.Regexp
}

func shape(name, literal, rest string) Shape {
	return Shape{name, literal, regexp.MustCompile(`^(?:` + regexp.QuoteMeta(literal) + rest + `)`)}
}

// Shapes are those that are looked for: kinds whose own prefix makes them hard
// to mistake, as their issuers document them. A password, or a key without a
// prefix, has no shape and is not found.
var Shapes = []Shape{
	shape("private key in PEM form", "-----BEGIN ", `(?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----`),
	shape("age secret key", "AGE-SECRET-KEY-", `(?:PQ-)?1[0-9A-Z]{58}`),
	shape("signing key of tieout or a Go checksum database", "PRIVATE+KEY+", `[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}`),
	shape("AWS access key id", "AKIA", `[A-Z2-7]{16}\b`),
	shape("AWS temporary access key id", "ASIA", `[A-Z2-7]{16}\b`),
	shape("GitHub token", "ghp_", `[A-Za-z0-9]{36}`),
	shape("GitHub OAuth token", "gho_", `[A-Za-z0-9]{36}`),
	shape("GitHub app token", "ghs_", `[A-Za-z0-9]{36}`),
	shape("GitHub fine-grained token", "github_pat_", `[A-Za-z0-9_]{82}`),
	shape("GitLab token", "glpat-", `[A-Za-z0-9_-]{20,}`),
	shape("Slack token", "xox", `[abeoprs]-[A-Za-z0-9-]{20,}`),
	shape("Slack webhook", "https://hooks.slack.com/services/", `T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20,}`),
	shape("Stripe live key", "sk_live_", `[A-Za-z0-9]{20,}`),
	shape("Google API key", "AIza", `[A-Za-z0-9_-]{35}\b`),
	shape("Google OAuth secret", "GOCSPX-", `[A-Za-z0-9_-]{28}`),
	shape("OpenAI project key", "sk-proj-", `[A-Za-z0-9_-]{40,}`),
	shape("Anthropic key", "sk-ant-", `[a-z0-9]+-[A-Za-z0-9_-]{40,}`),
	shape("Hugging Face token", "hf_", `[A-Za-z]{34}\b`),
	shape("npm token", "npm_", `[A-Za-z0-9]{36}\b`),
	shape("PyPI token", "pypi-AgEIcHlwaS5vcmc", `[A-Za-z0-9_-]{50,}`),
	shape("SendGrid key", "SG.", `[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`),
	shape("Azure storage key", "AccountKey=", `[A-Za-z0-9+/]{86}==`),
	shape("Databricks token", "dapi", `[0-9a-f]{32}\b`),
	shape("signed JSON web token", "eyJ", `[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}`),
}
