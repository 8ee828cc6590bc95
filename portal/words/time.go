package words

import (
	"strconv"
	"strings"
	"time"
)

// Instant writes a moment in a legal time, to the minute, with the zone's city and
// its difference from UTC.
func (s *Speaker) Instant(t time.Time, zone *time.Location) string {
	return s.Say("time.instant", "Day", s.Day(t, zone), "Hour", s.Hour(t, zone), "Zone", s.ZoneName(t, zone))
}

// Moment writes a moment without its zone, where the zone stands beside.
func (s *Speaker) Moment(t time.Time, zone *time.Location) string {
	return s.Say("time.moment", "Day", s.Day(t, zone), "Hour", s.Hour(t, zone))
}

// Day writes the day of a moment.
func (s *Speaker) Day(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = s.Say("time.first")
	}
	return s.Say("time.day", "Weekday", s.Say("weekday."+strconv.Itoa(int(t.Weekday()))), "Day", day,
		"Month", s.Say("month."+strconv.Itoa(int(t.Month()))), "Year", strconv.Itoa(t.Year()))
}

// Hour writes the hour and minute of a moment.
func (s *Speaker) Hour(t time.Time, zone *time.Location) string {
	return t.In(zone).Format(s.Say("time.hour"))
}

// ZoneName names a legal time.
func (s *Speaker) ZoneName(t time.Time, zone *time.Location) string {
	if zone == time.UTC {
		return "UTC"
	}
	_, city, _ := strings.Cut(zone.String(), "/")
	_, seconds := t.In(zone).Zone()
	return s.Say("time.zone", "City", strings.ReplaceAll(city, "_", " "), "Offset", offset(seconds))
}

// offset writes a difference from UTC as UTC+2 or UTC−3:30.
func offset(seconds int) string {
	if seconds == 0 {
		return "UTC"
	}
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	out := "UTC" + sign + strconv.Itoa(seconds/3600)
	if minutes := seconds / 60 % 60; minutes != 0 {
		out += ":" + strconv.Itoa(100 + minutes)[1:]
	}
	return out
}
