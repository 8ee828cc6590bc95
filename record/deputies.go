package record

// Deputies is the path of the list of a role's deputies, of roll or urn.
func Deputies(role string) string { return join("deputies", valid(role), "") }
