//! Invented people. Their fiscal codes are well formed, their names are not anybody's.

use super::providers::TestProvider;
use crate::archive::{Organisation, Profile, Standing};
use crate::identity::Category;

/// The company that a professional identity acts for (SPID Avviso 18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestCompany {
    /// `companyName`.
    pub name: &'static str,
    /// Eleven digits: the company's fiscal number and its VAT number.
    pub number: &'static str,
    /// `registeredOffice`.
    pub office: &'static str,
}

/// A person who can log in at every test provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestPerson {
    /// What they type to log in.
    pub username: &'static str,
    /// Their password.
    pub password: &'static str,
    /// What makes this person worth testing with.
    pub about: &'static str,
    /// Given name.
    pub given_name: &'static str,
    /// Family name.
    pub family_name: &'static str,
    /// `F` or `M`.
    pub gender: &'static str,
    /// `YYYY-MM-DD`.
    pub birth_date: &'static str,
    /// Belfiore code of the place of birth.
    pub birth_place: &'static str,
    /// Province of birth, `EE` abroad.
    pub birth_county: &'static str,
    /// Fiscal code; a person who comes by eIDAS has none.
    pub fiscal_code: Option<&'static str>,
    /// The company, for a professional identity.
    pub company: Option<TestCompany>,
    /// What the institute's archives know of them in their own affairs, besides that they are a citizen.
    pub categories: &'static [Category],
    /// The professional profiles that the archives know, each with the code and name of the organisation if it is for one.
    pub profiles: &'static [(Category, Option<(&'static str, &'static str)>)],
}

/// The mobile telephone of each of them.
pub const MOBILE: &str = "+393331234567";

/// Everybody.
pub const PEOPLE: [TestPerson; 6] = [
    TestPerson {
        username: "anna",
        password: "prova-anna",
        about: "cittadina",
        given_name: "Anna",
        family_name: "Provetti",
        gender: "F",
        birth_date: "1985-03-15",
        birth_place: "F205",
        birth_county: "MI",
        fiscal_code: Some("PRVNNA85C55F205D"),
        company: None,
        categories: &[],
        profiles: &[],
    },
    TestPerson {
        username: "mario",
        password: "prova-mario",
        about: "pensionato",
        given_name: "Mario",
        family_name: "Esempi",
        gender: "M",
        birth_date: "1970-07-02",
        birth_place: "H501",
        birth_county: "RM",
        fiscal_code: Some("SMPMRA70L02H501P"),
        company: None,
        categories: &[Category::Pensioner],
        profiles: &[],
    },
    TestPerson {
        username: "giulia",
        password: "prova-giulia",
        about: "professionista, identità per la persona giuridica (Avviso 18)",
        given_name: "Giulia",
        family_name: "Finzioni",
        gender: "F",
        birth_date: "1979-11-23",
        birth_place: "L219",
        birth_county: "TO",
        fiscal_code: Some("FNZGLI79S63L219A"),
        company: Some(TestCompany {
            name: "Studio Finzioni S.r.l.",
            number: "01234567897",
            office: "Via Immaginaria 1, 10100 Torino",
        }),
        categories: &[],
        profiles: &[],
    },
    TestPerson {
        username: "luca",
        password: "prova-luca",
        about: "disoccupato, codice fiscale con omocodia",
        given_name: "Luca",
        family_name: "Inventi",
        gender: "M",
        birth_date: "1992-01-30",
        birth_place: "A944",
        birth_county: "BO",
        fiscal_code: Some("NVNLCU92A30A94QA"),
        company: None,
        categories: &[Category::Unemployed],
        profiles: &[],
    },
    TestPerson {
        username: "carla",
        password: "prova-carla",
        about: "lavoratrice, consulente del lavoro, delegata di un'azienda: sceglie il profilo",
        given_name: "Carla",
        family_name: "Profili",
        gender: "F",
        birth_date: "1975-05-09",
        birth_place: "D612",
        birth_county: "FI",
        fiscal_code: Some("PRFCRL75E49D612E"),
        company: None,
        categories: &[Category::WorkerPrivate],
        profiles: &[
            (Category::Intermediary, None),
            (
                Category::Company,
                Some(("09876543217", "Officine Inventate S.p.A.")),
            ),
        ],
    },
    TestPerson {
        username: "ingrid",
        password: "prova-ingrid",
        about: "cittadina europea senza codice fiscale (eIDAS)",
        given_name: "Ingrid",
        family_name: "Påhittad",
        gender: "F",
        birth_date: "1990-06-18",
        birth_place: "Z132",
        birth_county: "EE",
        fiscal_code: None,
        company: None,
        categories: &[],
        profiles: &[],
    },
];

impl TestPerson {
    /// The person of a name and password.
    #[must_use]
    pub fn find(username: &str, password: &str) -> Option<&'static Self> {
        PEOPLE
            .iter()
            .find(|person| person.username == username && person.password == password)
    }

    /// What the archives know of them.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let profiles = self.profiles.iter().filter_map(|(category, organisation)| {
            let organisation = match organisation {
                Some((code, name)) => Some(Organisation::new(*code, *name).ok()?),
                None => None,
            };
            Profile::new(*category, organisation).ok()
        });
        Standing::new(self.categories.iter().copied(), profiles)
    }

    /// Given and family name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// The value of a SPID attribute (SPID technical rules, attributes); `None` where this person has none.
    #[must_use]
    pub fn attribute(&self, name: &str, provider: &TestProvider) -> Option<String> {
        let value = match name {
            "spidCode" => match self.fiscal_code {
                Some(code) => format!("{}{}", provider.code, code.get(..10)?),
                // Identity codes that come by eIDAS name the country of origin and of destination.
                None => format!("SE/IT/{}-19900618", self.username),
            },
            "name" => self.given_name.to_owned(),
            "familyName" => self.family_name.to_owned(),
            "placeOfBirth" => self.birth_place.to_owned(),
            "countyOfBirth" => self.birth_county.to_owned(),
            "dateOfBirth" => self.birth_date.to_owned(),
            "gender" => self.gender.to_owned(),
            "fiscalNumber" => format!("TINIT-{}", self.fiscal_code?),
            "email" => format!("{}@example.org", self.username),
            "mobilePhone" => MOBILE.to_owned(),
            "digitalAddress" => format!("{}@pec.example.org", self.username),
            "address" => "Via Immaginaria 1 00100 Roma RM".to_owned(),
            "domicileStreetAddress" => "Via Immaginaria 1".to_owned(),
            "domicilePostalCode" => "00100".to_owned(),
            "domicileMunicipality" => "Roma".to_owned(),
            "domicileProvince" => "RM".to_owned(),
            "domicileNation" => "IT".to_owned(),
            "expirationDate" => "2036-12-31".to_owned(),
            "idCard" => "cartaIdentita CA00000AA comuneRoma 2024-01-01 2034-01-01".to_owned(),
            "companyName" => self.company?.name.to_owned(),
            "companyFiscalNumber" => format!("TINIT-{}", self.company?.number),
            "ivaCode" => format!("VATIT-{}", self.company?.number),
            "registeredOffice" => self.company?.office.to_owned(),
            _ => return None,
        };
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::providers::PROVIDERS;
    use crate::identity::FiscalCode;

    #[test]
    fn every_fiscal_code_is_well_formed() {
        for code in PEOPLE.iter().filter_map(|person| person.fiscal_code) {
            assert_eq!(
                FiscalCode::parse(code).map(|read| read.expose() == code),
                Ok(true),
                "{code}"
            );
        }
    }

    #[test]
    fn every_profile_is_one_that_an_archive_can_know() {
        for person in &PEOPLE {
            let standing = person.standing();
            assert_eq!(standing.profiles().len(), person.profiles.len());
            assert_eq!(
                standing.personal().iter().count(),
                person.categories.len() + 1
            );
        }
    }

    #[test]
    fn a_person_logs_in_with_their_own_password_only() {
        assert_eq!(TestPerson::find("anna", "prova-anna"), PEOPLE.first());
        assert_eq!(TestPerson::find("anna", "prova-mario"), None);
    }

    #[test]
    fn people_have_the_attributes_of_their_kind_and_no_others() {
        let has = |username: &str, attribute: &str| {
            PEOPLE
                .iter()
                .find(|person| person.username == username)
                .and_then(|person| person.attribute(attribute, &PROVIDERS[0]))
                .is_some()
        };
        assert!(has("giulia", "companyName") && !has("anna", "companyName"));
        assert!(has("anna", "fiscalNumber") && !has("ingrid", "fiscalNumber"));
        assert!(has("ingrid", "spidCode"));
        assert!(!has("anna", "shoeSize"));
    }
}
