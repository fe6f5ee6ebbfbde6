package document

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	isoDate   = regexp.MustCompile(`^(\d{4})-(\d{2})(?:-(\d{2}))?(?:$|[T ])`)
	compact   = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:$|T)`)
	dayMonth  = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th|er|º)?[ .,-]{1,2}(?:of |de )?(` + monthNames + `|` + otherMonths() + `)\.?,?(?: de)?[ -](\d{4})\b`)
	monthDay  = regexp.MustCompile(`(?i)\b(` + monthNames + `)\.? (\d{1,2})(?:st|nd|rd|th)?,? {1,2}(\d{4})\b`)
	yearMonth = regexp.MustCompile(`\b(\d{4})[-/](\d{2})[-/](\d{2})\b`)
	inNumbers = regexp.MustCompile(`\b(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b`)
	inAddress = regexp.MustCompile(`/((?:19|20)\d{2})[/-](\d{1,2})(?:[/-](\d{1,2}))?(?:/|-|$)`)
)

const monthNames = `jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?`

// months are the words for each month: in English by what they begin with, in other languages of the press as they
// stand beside a day.
var months = [12]string{
	"jan januar jänner janvier enero janeiro gennaio januari января січня ocak stycznia يناير",
	"feb februar février febrero fevereiro febbraio februari февраля лютого şubat lutego فبراير",
	"mar märz mars marzo março maart марта березня mart marca مارس",
	"apr april avril abril aprile апреля квітня nisan kwietnia أبريل",
	"may mai mayo maio maggio mei мая травня mayıs maja مايو",
	"jun juni juin junio junho giugno июня червня haziran czerwca يونيو",
	"jul juli juillet julio julho luglio июля липня temmuz lipca يوليو",
	"aug août agosto augustus августа серпня ağustos sierpnia أغسطس",
	"sep septembre septiembre setiembre setembro settembre сентября вересня eylül września سبتمبر",
	"oct oktober octobre octubre outubro ottobre октября жовтня ekim października أكتوبر",
	"nov novembre noviembre novembro ноября листопада kasım listopada نوفمبر",
	"dec dezember décembre diciembre dezembro dicembre декабря грудня aralık grudnia ديسمبر",
}

// otherMonths returns the pattern of months in other languages than English.
func otherMonths() string {
	var words []string
	for _, month := range months {
		words = append(words, strings.Fields(month)[1:]...)
	}
	return strings.Join(words, "|")
}

func monthOf(name string) string {
	name = strings.ToLower(name)
	for i, month := range months {
		if slices.Contains(strings.Fields(month), name) {
			return fmt.Sprintf("%02d", i+1)
		}
	}
	for i, month := range months {
		if strings.HasPrefix(name, strings.Fields(month)[0]) {
			return fmt.Sprintf("%02d", i+1)
		}
	}
	return ""
}

// dateIn returns the date that a statement begins with, or names in words; empty: none that leaves no doubt. Of
// 03/04/2016 nobody knows the month.
func dateIn(s string) string {
	s = collapse(s)
	var year, month, day string
	if m := isoDate.FindStringSubmatch(s); m != nil {
		year, month, day = m[1], m[2], m[3]
	} else if m := compact.FindStringSubmatch(s); m != nil {
		year, month, day = m[1], m[2], m[3]
	} else if m := dayMonth.FindStringSubmatch(s); m != nil {
		year, month, day = m[3], monthOf(m[2]), m[1]
	} else if m := monthDay.FindStringSubmatch(s); m != nil {
		year, month, day = m[3], monthOf(m[1]), m[2]
	} else if m := yearMonth.FindStringSubmatch(s); m != nil {
		year, month, day = m[1], m[2], m[3]
	} else if t, err := time.Parse(time.RFC1123Z, s); err == nil {
		return t.Format(time.DateOnly)
	} else if m := inNumbers.FindStringSubmatch(s); m != nil {
		switch first, second := m[1], m[2]; {
		case first == second, len(second) == 2 && second > "12":
			year, month, day = m[3], first, second
		case len(first) == 2 && first > "12":
			year, month, day = m[3], second, first
		}
	}
	return validDate(year, month, day)
}

// dateOfAddress returns the date in the path of an address, of a day or a month.
func dateOfAddress(address string) string {
	m := inAddress.FindStringSubmatch(address)
	if m == nil {
		return ""
	}
	if date := validDate(m[1], m[2], m[3]); date != "" {
		return date
	}
	return validDate(m[1], m[2], "")
}

func validDate(year, month, day string) string {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, err := strconv.Atoi(day)
	if y < 1500 || y > 2200 || m < 1 || m > 12 {
		return ""
	}
	if err != nil {
		return fmt.Sprintf("%04d-%02d", y, m)
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d {
		return ""
	}
	return t.Format(time.DateOnly)
}

// published returns when the page was published, from what it states, what it shows beside its headline and its
// address: as precisely as they agree. What says nothing is no date; what only the page shows counts where a word says
// that it is the date of publication, where it is the only one below the headline, or the address agrees.
func (s statements) published(shown []shownDate, address string) string {
	var stated, moments []string
	for _, name := range []string{
		"ld:datePublished", "meta:article:published_time", "meta:og:article:published_time", "meta:og:published_time",
		"meta:datepublished", "meta:dc.date", "meta:dc.date.issued", "meta:dcterms.date", "meta:dcterms.issued",
		"meta:dcterms.created", "meta:citation_publication_date", "meta:citation_date", "meta:parsely-pub-date",
		"meta:sailthru.date", "meta:pubdate", "meta:publishdate", "meta:publish_date", "meta:publish-date", "meta:publication_date",
		"meta:date", "meta:article.published", "meta:dateissued",
	} {
		for _, value := range s[name] {
			if date := dateIn(value); date != "" {
				stated, moments = append(stated, date), append(moments, value)
				break
			}
		}
	}
	if values := s["item:datePublished"]; len(values) > 0 { // the others are of other pages
		if date := dateIn(values[0]); date != "" {
			stated, moments = append(stated, date), append(moments, values[0])
		}
	}
	path := dateOfAddress(address)
	if len(stated) == 0 {
		below := onlyBelow(shown)
		for _, d := range shown {
			if d.labelled || d.date == below || path != "" && strings.HasPrefix(d.date, path[:min(7, len(path))]) {
				stated = append(stated, d.date)
			}
		}
		if path != "" {
			stated = append(stated, path)
		}
		return agreed(stated)
	}
	all := agreed(append(slices.Clone(stated), path))
	if len(all) == len(time.DateOnly) {
		for _, d := range shown { // the page shows another day
			if d.date != all && d.labelled {
				return agreed([]string{all, d.date})
			}
		}
		return all
	}
	for _, d := range shown { // what is stated disagrees, by a time zone perhaps: readers saw this
		if slices.Contains(stated, d.date) && within1Day(stated, d.date) {
			return d.date
		}
	}
	for _, d := range append(slices.Clone(shown), shownDate{date: path}) { // by its zone the same moment is of this day
		if inSomeZone(moments, d.date) {
			return d.date
		}
	}
	return all
}

// onlyBelow returns the day that stands below the headline, if only one does.
func onlyBelow(shown []shownDate) (day string) {
	for _, d := range shown {
		switch {
		case !d.below:
		case day != "" && d.date != day:
			return ""
		default:
			day = d.date
		}
	}
	return day
}

// within1Day reports whether dates are of days of which each is the day or one beside it.
func within1Day(dates []string, day string) bool {
	middle, err := time.Parse(time.DateOnly, day)
	for _, date := range dates {
		other, bad := time.Parse(time.DateOnly, date)
		if err != nil || bad != nil || middle.Sub(other).Abs() > 24*time.Hour {
			return false
		}
	}
	return true
}

// inSomeZone reports whether moments, all in UTC, are of a day in some time zone.
func inSomeZone(moments []string, day string) bool {
	const west, east = -12 * time.Hour, 14 * time.Hour
	for _, moment := range moments {
		t, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			return false
		}
		if _, offset := t.Zone(); offset != 0 ||
			day < t.Add(west).Format(time.DateOnly) || day > t.Add(east).Format(time.DateOnly) {
			return false
		}
	}
	return len(moments) > 0 && len(day) == len(time.DateOnly)
}

// shownDate is a date that the page shows beside its headline.
type shownDate struct {
	date     string
	labelled bool // a word says that it is that of publication
	below    bool // it stands between the headline and the text, and nearly nothing beside it
}

// agreed returns what all dates have in common, the empty ones aside: a day, a month, a year or nothing. A month agrees
// with each of its days.
func agreed(dates []string) string {
	var common string
	for _, date := range dates {
		switch {
		case date == "":
		case common == "" || strings.HasPrefix(date, common):
			common = date
		case strings.HasPrefix(common, date):
		case common[:4] != date[:4]:
			return ""
		case common[:7] == date[:7]:
			return agreedMonth(dates, 7)
		default:
			return agreedMonth(dates, 4)
		}
	}
	return common
}

func agreedMonth(dates []string, size int) string {
	var common string
	for _, date := range dates {
		if date == "" {
			continue
		}
		date = date[:min(size, len(date))]
		switch {
		case common == "":
			common = date
		case common != date && size > 4:
			return agreedMonth(dates, 4)
		case common != date:
			return ""
		}
	}
	return common
}
