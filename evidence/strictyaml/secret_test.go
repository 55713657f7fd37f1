package strictyaml

import (
	"strings"
	"testing"
)

func TestAProblemNeverPrintsASecret(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`- {user: u, password: hunter2, nam: x}`:       `- {user: u, password: •••, nam: x}`,
		`"password": "two words", x: 1`:                `"password": •••, x: 1`,
		`secret_key: 'a,b}c'`:                          `secret_key: •••`,
		`bind_password: abc # note`:                    `bind_password: ••• # note`,
		`dsn: postgres://u:p@h/d`:                      `dsn: •••`,
		`access_key: AKIA123, token: t]`:               `access_key: •••, token: •••]`,
		`password: env:PW, token: "file:x.txt"`:        `password: env:PW, token: "file:x.txt"`,
		`tokens: 12, name: password, tokenizer: words`: `tokens: 12, name: password, tokenizer: words`,
	} {
		if got := masked(line); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
	var into struct {
		Password string `yaml:"password"`
	}
	err := Load("x.yaml", []byte("{password: hunter2, pasword: more}\n"), &into)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}
