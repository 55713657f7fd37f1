package demo

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"github.com/tieout/tieout/evidence/integrity/decisionlog"
	"github.com/tieout/tieout/evidence/ledger"
)

// Names in the decision log: what writes it, and the party that signs its
// checkpoints and is not the writer.
const (
	logName    = "larkspur-lending/decisions"
	logWriter  = "decision-service"
	logWitness = "larkspur-witness"
)

// witness makes the key of the example's witness. It comes from a constant so
// that the example is the same everywhere; a real key never does.
func witness() (*ledger.Keyring, error) {
	seed := sha256.Sum256([]byte("tieout demo: a key that protects nothing"))
	k, err := ledger.NewKeyring(logWitness, bytes.NewReader(seed[:]))
	if err != nil {
		return nil, fmt.Errorf("make the example: %w", err)
	}
	return k, nil
}

// writeDecisionLog writes the decisions as the lender's log holds them: one
// chain over monthly files, packed, with checkpoints that the witness signs.
func (w *world) writeDecisionLog(dir string) error {
	key, err := witness()
	if err != nil {
		return err
	}
	rows := w.rows["decision"]
	sortBy(rows, func(a, b row) bool { return a["at"].(string) < b["at"].(string) })
	var log *decisionlog.Writer
	var buf bytes.Buffer
	month := ""
	flush := func() error {
		pack, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return err
		}
		packed := pack.EncodeAll(buf.Bytes(), nil)
		buf = bytes.Buffer{}
		return write(dir, "logs/decisions/decisions-"+month+".jsonl.zst", packed)
	}
	for i, m := range plain(rows) {
		in := moment(m["at"]).In(w.zone).Format("2006-01")
		if in != month && month != "" {
			err := log.Close()
			if err == nil {
				err = flush()
			}
			if err != nil {
				return fmt.Errorf("write the example's decision log: %w", err)
			}
		}
		if in != month {
			month = in
			o := decisionlog.Options{Log: logName, Writer: logWriter, Signer: key.Signer(ledger.RoleCheckpoint), Every: 100}
			if log != nil {
				at := log.State()
				o.Resume = &at
			}
			if log, err = decisionlog.New(&buf, o); err != nil {
				return fmt.Errorf("write the example's decision log: %w", err)
			}
		}
		if err := log.Append(m); err != nil {
			return fmt.Errorf("write the example's decision log, decision %d: %w", i+1, err)
		}
	}
	if err := log.Close(); err != nil {
		return fmt.Errorf("write the example's decision log: %w", err)
	}
	if err := flush(); err != nil {
		return fmt.Errorf("write the example's decision log: %w", err)
	}
	return write(dir, "keys/log-witness.pub", []byte(key.VerifierKey(ledger.RoleCheckpoint)+"\n"))
}
