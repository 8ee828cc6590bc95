package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"isoloir/archive"
	"isoloir/audit"
	"isoloir/record"
)

var (
	errUsage    = errors.New("wrong command line")
	errIO       = errors.New("cannot read or write")
	errNoExport = errors.New("no export")
)

// openExport opens a directory, or an archive, which is verified as such, and says what that leaves to its reader.
func openExport(path string) (audit.Source, *archive.Checked, func() error, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, nil, fmt.Errorf("%w: there is nothing at %s: give the directory of the export, or its archive", errNoExport, path)
	case err != nil:
		return nil, nil, nil, fmt.Errorf("%w: %w", errIO, err)
	case !info.IsDir():
		return openArchive(path)
	}
	if err := isExport(path); err != nil {
		return nil, nil, nil, err
	}
	export, err := record.Open(path)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%w: %w", errIO, err)
	}
	return export, &archive.Checked{}, export.Close, nil
}

func openArchive(path string) (audit.Source, *archive.Checked, func() error, error) {
	in, err := archive.Open(path)
	if err != nil {
		return nil, nil, nil, err
	}
	checked, err := in.Check()
	if err != nil {
		return nil, nil, nil, errors.Join(err, in.Close())
	}
	if _, _, err := in.Export().Stream(record.Manifest); err != nil {
		return nil, nil, nil, errors.Join(fmt.Errorf("%w: %s holds no %s", errNoExport, path, record.Manifest), in.Close())
	}
	return in.Export(), checked, in.Close, nil
}

// isExport says why a directory is no export at all.
func isExport(dir string) error {
	for _, name := range []string{record.Contents, record.Manifest} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	return fmt.Errorf("%w: %s holds neither contents.note nor manifest.json: give the directory that holds them", errNoExport, dir)
}
