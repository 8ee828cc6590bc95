package pages

// noticeSections are the parts of the notice in their order, by the names under
// which links lead to them.
var noticeSections = []string{"qui", "quand", "comment", "secret", "verifier", "empreinte", "donnees"}
