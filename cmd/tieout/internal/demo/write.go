package demo

// Write writes the example's source files under dir and returns the table of
// the problems in them; without planted, there are none.
func Write(dir string, planted bool) ([]Plant, error) {
	w, err := newWorld()
	if err != nil {
		return nil, err
	}
	var table []Plant
	if planted {
		table = w.plantAll()
	}
	return table, w.writeFiles(dir)
}
