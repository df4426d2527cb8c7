//! The table: every service of the product's description, and what opens it.

/// Each service as the product's description calls it, in its order.
pub(super) const PRODUCT: &[(&str, &[&str])] = &[
    ("status of a file or application", &["stato-pratica"]),
    (
        "citizen's social-security file (fascicolo previdenziale)",
        &["fascicolo-previdenziale"],
    ),
    (
        "applications for income-support benefits (NASpI, family allowances, leave for disabled relatives, sickness, \
         mobility in deroga, ReI, special unemployment)",
        &[
            "naspi",
            "assegni-familiari",
            "permessi-assistenza-disabili",
            "indennita-di-malattia",
            "mobilita-in-deroga",
            "rei",
            "disoccupazione-speciale",
        ],
    ),
    (
        "Agenzia delle Entrate-Riscossione",
        &["agenzia-entrate-riscossione"],
    ),
    (
        "Agenzia delle Entrate, pre-filled 730 (login by PIN, SPID or CNS)",
        &["730-precompilato"],
    ),
    (
        "consultation of pregnancy certificates",
        &["certificati-di-gravidanza"],
    ),
    ("la mia pensione futura", &["la-mia-pensione-futura"]),
    (
        "DIS-COLL: consult, apply, send communication",
        &["dis-coll"],
    ),
    (
        "unemployment of returning workers: consult, apply",
        &["disoccupazione-lavoratori-rimpatriati"],
    ),
    ("pension applications", &["domanda-di-pensione"]),
    (
        "management of the Poste Italiane fund",
        &["gestione-fondo-poste"],
    ),
    ("payments portal", &["portale-dei-pagamenti"]),
    (
        "payment points of partner networks",
        &["punti-di-pagamento"],
    ),
    (
        "redemption of contribution periods",
        &["riscatto-contributi"],
    ),
    ("certificazione unica", &["certificazione-unica"]),
    ("civil-invalidity application", &["invalidita-civile"]),
    (
        "maternity and parental leave",
        &["maternita-e-congedo-parentale"],
    ),
    ("bonus bebè", &["bonus-bebe"]),
    (
        "view and change personal data, address and contacts",
        &["dati-personali"],
    ),
    (
        "services for intermediaries, for companies, for public bodies, for doctors and local health authorities",
        &[
            "servizi-intermediari",
            "servizi-aziende",
            "servizi-enti-pubblici",
            "servizi-medici",
        ],
    ),
];

/// What opens with what, on a day on which every way in was there. Whoever is of none of the categories that stand beside a
/// service is denied it. `ordinario` consults one's own contributions, pension and payments, and may make applications
/// provisionally; `dispositivo` makes them. No PIN is High, and patronati have none.
pub(super) const TABLE: &str = "
service                               | does    | is for                                       | PIN ordinario | PIN dispositivo | SPID 1  | SPID 2  | SPID 3 | CIE 2   | CIE 3   | CNS
stato-pratica                         | consult | citizen                                      | open          | open            | open    | open    | open   | open    | open    | open
fascicolo-previdenziale               | consult | citizen                                      | open          | open            | open    | open    | open   | open    | open    | open
naspi                                 | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
naspi                                 | request | citizen                                      | provisional   | open            | step-up | open    | open   | open    | open    | open
assegni-familiari                     | consult | worker-private, pensioner, unemployed        | step-up       | open            | step-up | open    | open   | open    | open    | open
assegni-familiari                     | request | worker-private, pensioner, unemployed        | provisional   | open            | step-up | open    | open   | open    | open    | open
permessi-assistenza-disabili          | consult | worker-private                               | step-up       | open            | step-up | open    | open   | open    | open    | open
permessi-assistenza-disabili          | request | worker-private                               | provisional   | open            | step-up | open    | open   | open    | open    | open
indennita-di-malattia                 | consult | worker-private                               | step-up       | open            | step-up | open    | open   | open    | open    | open
indennita-di-malattia                 | request | worker-private                               | provisional   | open            | step-up | open    | open   | open    | open    | open
mobilita-in-deroga                    | consult | worker-private, unemployed                   | step-up       | open            | step-up | open    | open   | open    | open    | open
mobilita-in-deroga                    | request | worker-private, unemployed                   | provisional   | open            | step-up | open    | open   | open    | open    | open
rei                                   | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
rei                                   | request | citizen                                      | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
disoccupazione-speciale               | consult | worker-private, unemployed                   | step-up       | open            | step-up | open    | open   | open    | open    | open
disoccupazione-speciale               | request | worker-private, unemployed                   | provisional   | open            | step-up | open    | open   | open    | open    | open
agenzia-entrate-riscossione           | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
730-precompilato                      | consult | citizen                                      | step-up       | open            | step-up | open    | open   | step-up | step-up | open
certificati-di-gravidanza             | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
la-mia-pensione-futura                | consult | worker-private, worker-public, unemployed    | open          | open            | open    | open    | open   | open    | open    | open
dis-coll                              | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
dis-coll                              | request | citizen                                      | provisional   | open            | step-up | open    | open   | open    | open    | open
disoccupazione-lavoratori-rimpatriati | consult | worker-private, unemployed                   | step-up       | open            | step-up | open    | open   | open    | open    | open
disoccupazione-lavoratori-rimpatriati | request | worker-private, unemployed                   | provisional   | open            | step-up | open    | open   | open    | open    | open
domanda-di-pensione                   | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
domanda-di-pensione                   | request | citizen                                      | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
gestione-fondo-poste                  | consult | worker-public                                | step-up       | open            | step-up | open    | open   | open    | open    | open
gestione-fondo-poste                  | request | worker-public                                | step-up       | open            | step-up | open    | open   | open    | open    | open
portale-dei-pagamenti                 | consult | citizen, intermediary, company, professional | open          | open            | open    | open    | open   | open    | open    | open
portale-dei-pagamenti                 | request | citizen, intermediary, company, professional | step-up       | open            | step-up | open    | open   | open    | open    | open
punti-di-pagamento                    | consult | citizen, intermediary, company, bank         | open          | open            | open    | open    | open   | open    | open    | open
riscatto-contributi                   | consult | worker-private, worker-public, unemployed    | step-up       | open            | step-up | open    | open   | open    | open    | open
riscatto-contributi                   | request | worker-private, worker-public, unemployed    | provisional   | open            | step-up | open    | open   | open    | open    | open
certificazione-unica                  | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
invalidita-civile                     | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
invalidita-civile                     | request | citizen                                      | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
maternita-e-congedo-parentale         | consult | worker-private, unemployed                   | step-up       | open            | step-up | open    | open   | open    | open    | open
maternita-e-congedo-parentale         | request | worker-private, unemployed                   | provisional   | open            | step-up | open    | open   | open    | open    | open
bonus-bebe                            | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
bonus-bebe                            | request | citizen                                      | provisional   | open            | step-up | open    | open   | open    | open    | open
dati-personali                        | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
dati-personali                        | request | citizen                                      | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
servizi-intermediari                  | consult | intermediary                                 | step-up       | open            | step-up | open    | open   | open    | open    | open
servizi-intermediari                  | consult | patronato                                    | step-up       | step-up         | step-up | open    | open   | open    | open    | open
servizi-intermediari                  | request | intermediary                                 | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
servizi-intermediari                  | request | patronato                                    | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
servizi-aziende                       | consult | company                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
servizi-aziende                       | request | company                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
servizi-enti-pubblici                 | consult | public-body                                  | step-up       | open            | step-up | open    | open   | open    | open    | open
servizi-enti-pubblici                 | request | public-body                                  | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
servizi-medici                        | consult | doctor                                       | step-up       | open            | step-up | open    | open   | open    | open    | open
servizi-medici                        | request | doctor                                       | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
";
