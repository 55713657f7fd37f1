// Package deps pins dependencies while packages are being written.
package deps

import (
	_ "github.com/go-fonts/dejavu/dejavusans"
	_ "github.com/go-fonts/liberation/liberationsansregular"
	_ "github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jung-kurt/gofpdf"
	_ "github.com/klauspost/compress/flate"
	_ "github.com/klauspost/compress/zstd"
	_ "github.com/robfig/cron/v3"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/spf13/cobra"
	_ "github.com/spf13/cobra/doc"
	_ "github.com/xuri/excelize/v2"
	_ "go.yaml.in/yaml/v4"
	_ "golang.org/x/image/font/gofont/goregular"
	_ "golang.org/x/image/font/sfnt"
	_ "golang.org/x/mod/sumdb/note"
	_ "golang.org/x/mod/sumdb/tlog"
	_ "golang.org/x/sys/unix"
	_ "golang.org/x/term"
	_ "golang.org/x/text/unicode/norm"
	_ "modernc.org/sqlite"
	_ "pgregory.net/rapid"
)
