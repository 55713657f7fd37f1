package workspace

// place is empty where the file system shows neither owner nor device.
type place struct{}

func identity(string) (place, error) { return place{}, nil }

func checkMode(string) error { return nil }
