// Package api is what other sites read of a town's consultations (docs/api.md): what the pages
// show to everybody, as JSON, described by openapi.json.
//
// What it promises. A version of the interface stays as it is. No route knows an account or
// keeps who asked; every answer is everybody's, and may be kept for a minute. An answer is
// whole, or an error in the form of RFC 9457 that says what to do next.
package api
