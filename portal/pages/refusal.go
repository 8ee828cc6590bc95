package pages

import "net/http"

// refusal is the page of a status that is no success. What is not listed reads as an
// error of ours.
func refusal(v *Visit, status int) View {
	key := map[int]string{
		http.StatusForbidden:             "foreign",
		http.StatusNotFound:              "lost",
		http.StatusMethodNotAllowed:      "method",
		http.StatusRequestEntityTooLarge: "large",
		http.StatusUnsupportedMediaType:  "method",
		http.StatusTooManyRequests:       "often",
		http.StatusServiceUnavailable:    "unready",
	}[status]
	if key == "" {
		key = "failed"
	}
	return View{Title: v.Say("refusal." + key), Status: status, Body: refused(v, "refusal."+key+"-do")}
}
