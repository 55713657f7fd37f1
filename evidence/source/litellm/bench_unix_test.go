//go:build unix

package litellm

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// processor is the time that this process has had of a processor: the server's
// is not in it, and others on the machine do not count.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSpendLogsPostgres reads a million calls, keeps their rows and sorts
// their records.
func BenchmarkSpendLogsPostgres(b *testing.B) {
	p := scratch(b)
	const rows = 1_000_000
	p.all(b, `INSERT INTO "LiteLLM_VerificationToken" (token, key_alias, models) SELECT 'h' || i, 'component-' || i, '{}' FROM generate_series(0, 20) i`,
		fmt.Sprintf(`INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, api_key, "startTime", "endTime", model, model_group, custom_llm_provider, api_base, status, messages, response)
		SELECT 'chatcmpl-' || md5(i::text), 'acompletion', 'h' || i %% 20, '2026-03-02'::timestamp + i * interval '10 ms', '2026-03-02', 'gpt-4o-2024', 'gpt-4o', 'openai', 'https://api.example/v1/', 'success', '{}', '{}' FROM generate_series(1, %d) i`, rows),
		`ANALYZE "LiteLLM_SpendLogs"`)
	before := processor(b)
	for b.Loop() {
		k := &nowhere{}
		f := sourcetest.Fixture{Dir: b.TempDir(), Secret: map[string]string{"env:DSN": p.reader}}
		res, err := engine.Run(b.Context(), sourcetest.Plan(b, spec(b), f, config, k))
		if err != nil || res.Error != "" || k.lines != rows+21 {
			b.Fatalf("%v, %s, %d lines", err, res.Error, k.lines)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(rows*float64(b.N)/(processor(b)-before).Seconds(), "rows/core-s")
}
