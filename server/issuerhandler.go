package server

import (
	"net/http"

	"isoloir/issuer"
)

func issuerHandler(_ *issuer.Station, _ [32]byte, _ Setting, _ string) http.Handler {
	return http.NotFoundHandler()
}
