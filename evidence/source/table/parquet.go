package table

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// rowBatch is how many rows are asked of the library at once.
const rowBatch = 128

// readParquet takes the rows of a Parquet file. A value that is there and that
// nothing can be made of is one that could not be read, whatever the column.
func (f *fileReader) readParquet(r io.ReaderAt, size int64) error {
	return eachRow(r, size, func(tree any) error { return f.take(&row{item: f.rows + 1, tree: tree}) })
}

// parquetRows counts what was read of one file.
type parquetRows struct {
	shape *shape
	n     int64
	take  func(tree any) error
}

// eachRow reads the rows of a Parquet file, one row group after the other. Of a
// damaged one it gives the rows before the damage, and a *cutError.
func eachRow(r io.ReaderAt, size int64, take func(tree any) error) error {
	if err := boundParquet(r, size); err != nil {
		return &cutError{0, err.Error()}
	}
	var file *parquet.File
	err := careful(func() (err error) {
		file, err = parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(64<<10))
		return err
	})
	if err != nil {
		return &cutError{0, "it is no Parquet file, or a damaged one: " + plainParquet(err)}
	}
	shape, err := shapeOf(file.Schema())
	if err != nil {
		return &cutError{0, err.Error()}
	}
	f := &parquetRows{shape: shape, take: take}
	for _, group := range file.RowGroups() {
		if err := f.group(group); err != nil {
			return err
		}
	}
	if n := file.NumRows(); n != f.n {
		return &cutError{0, fmt.Sprintf("its end says that it holds %d rows, and %d came", n, f.n)}
	}
	return nil
}

func (f *parquetRows) group(group parquet.RowGroup) error {
	damaged := func(err error) error {
		return &cutError{0, fmt.Sprintf("behind row %d it is damaged: %s", f.n, plainParquet(err))}
	}
	var rows parquet.Rows
	if err := careful(func() error { rows = group.Rows(); return nil }); err != nil {
		return damaged(err)
	}
	defer func() { _ = careful(rows.Close) }() // nothing was written
	buf := make([]parquet.Row, rowBatch)
	for {
		n := 0
		failed := careful(func() (err error) {
			n, err = rows.ReadRows(buf)
			return err
		})
		for _, values := range buf[:n] {
			tree, err := f.shape.row(values)
			if err != nil {
				return damaged(err)
			}
			f.n++
			if err := f.take(tree); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(failed, io.EOF):
			return nil
		case failed != nil:
			return damaged(failed)
		case n == 0:
			return damaged(io.ErrNoProgress)
		}
	}
}

// careful turns a panic of the library over strangers' bytes into an error.
func careful(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = errors.New("its parts contradict each other")
		}
	}()
	return do()
}

// plainParquet says an error of the library on one short line: it may quote
// bytes of the file.
func plainParquet(err error) string {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	case errors.Is(err, parquet.ErrCorrupted):
		return "a page is not what its header says"
	}
	text := fmt.Sprintf("%+q", err.Error())
	return text[:min(len(text), 200)]
}
