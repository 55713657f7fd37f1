package demo

// Write writes the example's source files under dir and returns the table of
// the problems in them; without planted, there are none. tool is the program
// whose use the lender has approved.
func Write(dir string, planted bool, tool string) ([]Plant, error) {
	w, err := newWorld(tool)
	if err != nil {
		return nil, err
	}
	var table []Plant
	if planted {
		table = w.plantAll()
	}
	return table, w.writeFiles(dir)
}
