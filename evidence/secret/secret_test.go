package secret

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestASecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	v := New("hunter2")
	j, err := json.Marshal(struct{ V Value }{v})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{string(j), fmt.Sprint(v), fmt.Sprintf("%v %+v %#v %s %q", v, v, v, v, v), fmt.Sprintf("%+v", struct{ V Value }{v})} {
		if strings.Contains(s, "hunter") {
			t.Errorf("printed: %s", s)
		}
	}
	if v.Reveal() != "hunter2" {
		t.Error("lost")
	}
}
