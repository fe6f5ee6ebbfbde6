package schema

import (
	"strings"
	"testing"
)

// TestCommandRoleOf: positions are words, not letters, in the languages of the field; the qualifier overrides them.
func TestCommandRoleOf(t *testing.T) {
	for want, roles := range map[CommandRole][]string{
		Commander: {
			"", "commander", "Commander of the Border Service", "Commander, Second Division", "Second Division Commander", "C-in-C", "GOC",
			"Vice Squad Commander", "Commander, Naval Service", "commander, Deputies' Guard", "Chief of Army Staff", "Wing Commander", "Lieutenant Commander",
			"wali of Khayr", "командир бригады", "Командующий", "قائد اللواء", "القائد", "فرمانده", "commandant", "jefe", "Kommandeur", "旅长", "边防部队司令员",
			"Brigade General", "Vice Admiral", "Deputy Inspector General of Police", "Oberhaupt", "COMMANDING OFFICER", "officer-in-charge",
		},
		Deputy: {
			"deputy commander", "Deputy", "Dep. Commander", "executive officer", "XO", "second-in-command", "Second in Command", "2IC", "2i/c",
			"Vice Commander", "Assistant Division Commander", "acting deputy commander", "заместитель командира", "Зам. командира",
			"первый заместитель командующего", "Заступник командира", "نائب القائد", "نائب قائد الفرقة", "معاون", "جانشین", "commandant en second",
			"commandant adjoint", "Chef adjoint", "segundo comandante", "subcomandante", "stellvertretender Kommandeur", "Stv. Kommandeur",
			"Tugay Komutan Yardımcısı", "zastępca dowódcy", "zamjenik zapovjednika", "vice comandante", "副司令员", "边防部队副司令员", "副旅長", "División: Segundo Jefe",
			"comandante en segundo",
		},
		ChiefOfStaff: {
			"chief of staff", "Chief of the Staff", "COS", "acting chief of staff", "начальник штаба", "رئيس الأركان", "رئيس أركان الفرقة", "chef d'état-major", "jefe del Estado Mayor",
			"Chef des Stabes", "参谋长", "司令部参谋长", "Chief of Staff to the Deputy Commander",
		},
		Acting: {
			"acting", "acting commander", "Commander (acting)", "Ag. Commander", "interim leader", "врио командира", "и.о. командира", "قائم بأعمال القائد",
			"comandante interino", "kommissarischer Leiter", "代理司令",
		},
		OtherRole: {
			"adviser to the commander", "aide to the commander", "Deputy Chief of Staff", "operations officer", "S3", "Commander's adviser",
			"Command Sergeant Major", "spokesman", "помощник командира", "советник", "مستشار القائد", "政委", "commander designate", "副参谋长", "head of logistics",
		},
	} {
		for _, role := range roles {
			q := map[string][]string{"role": {role}}
			if role == "" {
				q = nil
			}
			if got := CommandRoleOf("commands", q); got != want {
				t.Errorf("%q is %s, want %s", role, got, want)
			}
		}
	}
	for _, c := range []struct {
		relation, qualifiers string
		want                 CommandRole
	}{
		{"posted_to", "", OtherRole},
		{"posted_to", "role=clerk of works", OtherRole},
		{"posted_to", "role=deputy commander", Deputy},
		{"commands", "role=deputy commander;position=commander", Commander},
		{"commands", "role=commander;position=other", OtherRole},
		{"commands", "position=acting", Acting},
		{"commands", "role=commander;acting=true", Acting},
		{"commands", "role=deputy;acting=true", Deputy},
		{"commands", "role=commander;acting=false", Commander},
		{"commands", "role=deputy commander;role=commander", Commander},
	} {
		q := map[string][]string{}
		for pair := range strings.SplitSeq(c.qualifiers, ";") {
			if name, value, found := strings.Cut(pair, "="); found {
				q[name] = append(q[name], value)
			}
		}
		if got := CommandRoleOf(c.relation, q); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.relation, c.qualifiers, got, c.want)
		}
	}
}

// TestPositionKey: one post in other words is one, and two posts of one kind are two.
func TestPositionKey(t *testing.T) {
	key := func(relation, qualifiers string) string {
		q := map[string][]string{}
		for pair := range strings.SplitSeq(qualifiers, ";") {
			if name, value, found := strings.Cut(pair, "="); found {
				q[name] = append(q[name], value)
			}
		}
		return PositionKey(relation, q)
	}
	for _, same := range [][]string{
		{"commands", "role=commander", "role=CO", "role=командир", "role=командир бригады", "position=commander", "role=Commanding Officer"},
		{"commands", "role=deputy commander", "role=XO", "role=заместитель командира", "position=deputy;role=number two"},
		{"commands", "role=acting commander", "role=commander;acting=true", "role=врио командира"},
		{"commands", "role=chief of staff", "role=начальник штаба"},
		{"commands", "role=Press Officer", "role=press officer", "role=press  officer."},
		{"posted_to", "role=chief of staff", "role=начальник штаба", "position=chief_of_staff"},
		{"posted_to", "role=platoon leader", "role=Platoon Leader"},
		{"member_of", "role=emir", "role=leader", "position=commander"},
		{"commands", "", "rank=Colonel"},
	} {
		for _, qualifiers := range same[2:] {
			if got, want := key(same[0], qualifiers), key(same[0], same[1]); got != want {
				t.Errorf("%s %s: %q, but %s: %q", same[0], qualifiers, got, same[1], want)
			}
		}
	}
	seen := map[string]string{}
	for _, qualifiers := range []string{
		"", "role=commander", "role=deputy commander", "role=acting commander", "role=chief of staff", "role=press officer",
		"role=operations officer", "position=other", "role=Brigade General",
	} {
		got := key("commands", qualifiers)
		if other, twice := seen[got]; twice {
			t.Errorf("%s and %s are one: %q", qualifiers, other, got)
		}
		seen[got] = qualifiers
	}
	if key("posted_to", "role=platoon leader") == key("posted_to", "role=company commander") {
		t.Error("who leads a platoon and who commands a company have one post in the battalion")
	}
}

// TestCommandRoleOfForms: a word of a role counts in every case of its language, a possessive tells whose the role is,
// and of several roles of one person the one in charge counts. The relation is one that makes nobody a commander.
func TestCommandRoleOfForms(t *testing.T) {
	for want, roles := range map[CommandRole][]string{
		Commander: {
			"Colonel (Ret.), commander of militia", "retired general and militia leader", "commander’s deputy, squadron commander",
			"founder and leader", "co-founder and leader", "founder and commander", "commander and founder", "founder, leader",
			"Founder/Leader", "founder & leader", "spokesman and commander", "political adviser, later commander",
			"deputy commander and head of the garrison", "fundador y líder y jefe", "fondateur et commandant", "Gründer und Leiter",
			"основатель и командир", "засновник та командир", "założyciel i dowódca", "zakladatel, velitel", "kurucu ve komutan",
			"مؤسس وقائد", "مؤسس و فرمانده", "CO/founder", "commander, deputy chairman of the council", "Commander, S Company",
			"Commander V Corps", "Commander II Corps", "brigade's commander", "начальник Генерального штаба", "Начальник Генштаба",
			"начальником Генерального штаба", "начальник Генерального штабу", "начальник Генштабу", "начальнік Генеральнага штаба",
			"szef Sztabu Generalnego", "szefem Sztabu Generalnego", "náčelník generálního štábu", "načelnik Generalštaba",
			"начелник Генералштаба", "началник на Генералния щаб", "șeful Statului Major General", "chef d'état-major des armées",
			"chef d'état-major de l'armée", "chef d'état-major de l'armée de terre", "jefe del Estado Mayor de la Defensa",
			"chefe do Estado-Maior-General", "capo di stato maggiore della difesa", "Generalstabschef", "Chef des Generalstabes",
			"Genelkurmay Başkanı", "رئيس هيئة الأركان العامة", "رئیس ستاد کل", "הרמטכ\"ל ראש המטה הכללי", "总参谋长",
			"chief of the general staff", "командира бригады", "назначен командиром бригады", "был командиром",
			"в должности командира", "назначен на должность командира", "командиром батальйону", "призначений командувачем",
			"камандзірам брыгады", "dowódcą brygady", "mianowany dowódcą", "velitelem praporu", "veliteľom práporu",
			"zapovjednikom brigade", "командирът на бригадата", "comandantul brigăzii", "nachalnikom garnizona",
			"prikaatin komentajana", "a dandár parancsnoka", "parancsnokként", "brigados vadas", "brigādes komandieris",
			"brigaadi ülem", "διοικητή ταξιαρχίας", "Tugay Komutanı", "قائداً للواء", "كقائد", "قائدها", "Kommandeurs",
			"вице-адмирал, командующий флотом", "Second Division Commander", "Commander of the Border Service",
			"Lieutenant Commander and squadron leader",
		},
		Acting: {
			"врио бригадного командира", "вр.и.о. командира", "тво командувача", "l.e.p. vado", "comandant interimar", "komutan V.", "p.o. dowódcę",
			"вршиоца дужности начелника",
			"komutan vekili", "Tugay Komutan Vekili", "Tugay Komutanı Vekili", "командир (врио)", "врио начальника Генерального штаба",
			"врио командира", "исполняющий обязанности командира", "исполняющего обязанности командующего",
			"исполнял обязанности командира бригады", "временно исполняющим обязанности командира", "т.в.о. командира",
			"виконувач обов'язків командувача", "в.о. начальника гарнізону", "p.o. dowódcy", "pełniący obowiązki dowódcy",
			"pověřen velením", "v.d. načelnika", "vršilac dužnosti komandanta", "в.д. команданта", "interimar comandant",
			"kommissarischen Leiters", "vt. komentaja", "megbízott parancsnok", "kohusetäitja", "εκτελών χρέη διοικητή",
			"قائد بالوكالة", "القائم بأعمال القائد", "acting commander and founder", "commander, acting",
			"врио (временно исполняющий обязанности) командира", "комбрига врио", "и.о. комбата", "выконваючы абавязкі камандзіра",
		},
		Deputy: {
			"и.о. зам. командира", "врио замкомандира", "замом командира", "замначальника", "врио 1-го заместителя", "z-ca dowódcy", "l.e.p. vado pavaduotojas",
			"pierwszego zastępcy szefa Sztabu Generalnego", "zastupující zástupce velitele", "vršitelj dužnosti zamjenika zapovjednika",
			"نائب القائد بالنيابة", "قائم بأعمال نائب القائد", "vrio zamestitelya komandira", "t.v.o. zastupnyka komandyra", "Komutan Yrd.",
			"в.а. намесніка камандзіра",
			"и.о. заместителя командира", "врио заместителя командира бригады", "заместителем командира",
			"назначен заместителем командира", "т.в.о. заступника командира", "p.o. zastępcy dowódcy",
			"первым заместителем командующего", "с 2019 года был заместителем командира", "в должности заместителя командира",
			"заступником командира", "виконувач обов'язків першого заступника командувача", "намеснікам камандзіра",
			"zastępcą dowódcy", "zástupcem velitele", "zástupcom veliteľa", "zamjenika zapovjednika", "zamenikom komandanta",
			"замеником команданта", "заместникът на командира", "locțiitorul comandantului", "stellvertretenden Kommandeurs",
			"Stellvertreters des Kommandeurs", "komentajan sijainen", "varakomentajana", "parancsnokhelyettese", "vado pavaduotojas",
			"komandiera vietnieks", "υποδιοικητή", "Tugay Komutanının Yardımcısı", "نائباً للقائد", "نائب لقائد اللواء", "نائبه",
			"סגן המפקד", "commander in chief's deputy", "Commander’s deputy", "acting commander's deputy", "DCG", "DCG-O",
			"deputy commanding general", "adjunct commandant", "vicecommandant", "vice-commandant", "vice‑commandant", "vicecommander",
			"under commander", "commander (deputy)", "deputy to the president and commander in chief", "zamestitelya komandira",
		},
		ChiefOfStaff: {
			"врио начштаба", "vrio nachalnika shtaba", "выконваючы абавязкі начальніка штаба", "رئيسًا للأركان", "kurmay başkan vekili",
			"врио начальника штаба", "исполняющий обязанности начальника штаба", "и.о. начальника штаба бригады", "начальником штаба",
			"начальника штаба", "т.в.о. начальника штабу", "начальником штабу", "p.o. szefa sztabu", "szefem sztabu",
			"náčelníkem štábu", "v.d. načelnika štaba", "начелником штаба", "началник на щаба", "șef de stat major", "Stabschefs",
			"esikuntapäällikkö", "kurmay başkanı", "επιτελάρχη", "chef d'état-major de la brigade", "chief of staff to the commander",
			"jefe de estado mayor de la brigada",
		},
		OtherRole: {
			"", "retired commander", "командующий (бывший)", "retired chief of staff", "retired deputy commander", "former commander", "ex-commander", "former leader and commander", "retired leader and commander",
			"commander (retired)", "бывший командир", "бывшего командира", "бывшим командиром", "колишній командувач", "były dowódca",
			"bývalý velitel", "bivši zapovjednik", "fostul comandant", "fost comandant", "ehemaliger Kommandeur", "ancien commandant",
			"eski komutan", "emekli komutan", "entinen komentaja", "القائد السابق", "Commanding Officer's driver",
			"commander's driver", "commander's wife", "Commander’s bodyguard", "chief of staff's driver",
			"commander-in-chief's adviser", "водитель командира", "жена командира", "помощником командира",
			"советник президента и главнокомандующего", "adviser to the commander and chief of the garrison", "радник командувача",
			"doradca dowódcy", "kierowca dowódcy", "poradce velitele", "savjetnik zapovjednika", "Fahrer des Kommandeurs",
			"komentajan kuljettaja", "parancsnokának sofőrje", "komutanının şoförü", "مستشار القائد", "founder",
			"founder and spokesman", "co-founder", "Second Division", "Border Service", "Deputies' Guard", "Vice Admiral",
			"штаб командира", "head office", "Naval Service",
		},
	} {
		for _, role := range roles {
			if got := CommandRoleOf("posted_to", map[string][]string{"role": {role}}); got != want {
				t.Errorf("%q is %s, want %s", role, got, want)
			}
		}
	}
}

// TestPositionKeyForms: one post in other cases of its words is one.
func TestPositionKeyForms(t *testing.T) {
	for _, same := range [][]string{
		{"commander", "командир", "командиром", "dowódcą", "komentajana"},
		{"deputy commander", "заместителем командира", "zastępcą dowódcy", "DCG"},
		{"chief of staff", "начальника штаба", "начальником штаба", "szefem sztabu"},
	} {
		for _, role := range same[1:] {
			key := func(role string) string { return PositionKey("commands", map[string][]string{"role": {role}}) }
			if got, want := key(role), key(same[0]); got != want {
				t.Errorf("%s: %q, but %s: %q", role, got, same[0], want)
			}
		}
	}
}
