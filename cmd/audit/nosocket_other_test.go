//go:build !linux

package main

import "os"

func nosocket() { os.Exit(99) }
