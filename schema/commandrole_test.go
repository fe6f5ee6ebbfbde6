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
