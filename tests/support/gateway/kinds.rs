//! The gateways that tests ask for: what each has beside the usual.

use super::*;

impl TestGateway {
    /// A gateway with these applications.
    pub fn with_clients(clients: Vec<ClientSettings>) -> Self {
        Self::with(clients, usual(), Tables::default(), |settings| settings)
    }

    /// The same with a catalogue of its own.
    pub fn with_catalogue(clients: Vec<ClientSettings>, catalogue: Catalogue) -> Self {
        Self::with(clients, catalogue, Tables::default(), |settings| settings)
    }

    /// A gateway where people log in with CIE too, believed up to a level.
    pub fn with_cie(trusted_level_cap: AssuranceLevel) -> Self {
        Self::with_cie_for(Vec::new(), trusted_level_cap)
    }

    /// The same with applications.
    pub fn with_cie_for(clients: Vec<ClientSettings>, trusted_level_cap: AssuranceLevel) -> Self {
        let ways = [AuthenticationMethod::Spid, AuthenticationMethod::Cie];
        let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
        let catalogue = catalogue.offering(Methods::from_iter(ways));
        let tables = Tables {
            cie: Some(trusted_level_cap),
            ..Tables::default()
        };
        Self::with(clients, catalogue, tables, |settings| settings)
    }

    /// A gateway with an entity in a federation.
    pub fn with_federation(entity: OwnEntity) -> Self {
        let tables = Tables {
            federation: Some(entity),
            ..Tables::default()
        };
        Self::with(Vec::new(), usual(), tables, |settings| settings)
    }

    /// A gateway where people log in with OpenID Connect too, and with CIE by SAML where a level is named up to which it is
    /// believed.
    pub fn with_openid(
        clients: Vec<ClientSettings>,
        catalogue: Catalogue,
        by_saml: Option<AssuranceLevel>,
        make: MakeOpenId,
    ) -> Self {
        let tables = Tables {
            cie: by_saml,
            openid: Some(make),
            ..Tables::default()
        };
        Self::with(clients, catalogue, tables, |settings| settings)
    }

    /// A gateway where people log in with cards too.
    pub fn with_cards(clients: Vec<ClientSettings>, cards: CardsOf) -> Self {
        let ways = [AuthenticationMethod::Spid, AuthenticationMethod::Cns];
        let rules = cards.second_step.as_ref().map(|step| step.rules.as_str());
        let text = format!("{DEFAULT_CATALOGUE}{}", rules.unwrap_or_default());
        let catalogue = Catalogue::parse(&text).unwrap();
        let catalogue = catalogue.offering(Methods::from_iter(ways));
        let tables = Tables {
            cards: Some(cards),
            ..Tables::default()
        };
        Self::with(clients, catalogue, tables, |settings| settings)
    }

    /// A gateway where people log in with a PIN too.
    pub fn with_pins(clients: Vec<ClientSettings>, pins: PinsOf) -> Self {
        let ways = [AuthenticationMethod::Spid, AuthenticationMethod::Pin];
        let catalogue = pins.catalogue.offering(Methods::from_iter(ways));
        let tables = Tables {
            pins: Some(pins.way),
            ..Tables::default()
        };
        Self::with(clients, catalogue, tables, |settings| settings)
    }

    /// A gateway where people ask for a PIN and look after it.
    pub fn with_pin_care(care: MakeCare) -> Self {
        Self::with_pin_care_for(Vec::new(), usual(), care)
    }

    /// The same with applications and a catalogue.
    pub fn with_pin_care_for(
        clients: Vec<ClientSettings>,
        catalogue: Catalogue,
        care: MakeCare,
    ) -> Self {
        let tables = Tables {
            care: Some(care),
            ..Tables::default()
        };
        Self::with(clients, catalogue, tables, |settings| settings)
    }

    /// The same where applications are behind proxies or ask for decisions, too: `[[proxy]]`, `[[route]]` and `[[caller]]`.
    pub fn with_pin_care_and_tables(
        clients: Vec<ClientSettings>,
        catalogue: Catalogue,
        tables: &str,
        care: MakeCare,
    ) -> Self {
        let tables = Tables {
            care: Some(care),
            ..toml::from_str(tables).unwrap()
        };
        Self::with(clients, catalogue, tables, |settings| settings)
    }

    /// The same with a desk that these operators work at: `[[operator]]` as in its configuration.
    pub fn with_desk(care: MakeCare, operators: &str) -> Self {
        let tables = Tables {
            care: Some(care),
            ..toml::from_str(operators).unwrap()
        };
        Self::with(Vec::new(), usual(), tables, |settings| settings)
    }

    /// A gateway whose applications are behind proxies: `[[proxy]]` and `[[route]]` as in its configuration.
    pub fn behind_proxies(tables: &str) -> Self {
        let tables = toml::from_str(tables).unwrap();
        Self::with(Vec::new(), usual(), tables, |settings| settings)
    }

    /// A gateway with other settings than the usual.
    pub fn tuned(tune: impl FnOnce(Settings) -> Settings) -> Self {
        Self::with(Vec::new(), usual(), Tables::default(), tune)
    }

    /// A gateway that these callers may ask for decisions: `[[caller]]` as in its configuration.
    pub fn with_callers(tables: &str) -> Self {
        let tables = toml::from_str(tables).unwrap();
        Self::with(Vec::new(), usual(), tables, |settings| settings)
    }
}
