package audit

// Without returns the options of an auditor that drops every failure of one
// check, as if its code were not there.
func (o Options) Without(check int) Options {
	o.off = check
	return o
}
