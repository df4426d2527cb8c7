//! The attributes that SPID providers know (SPID technical rules, attributes).

macro_rules! attributes {
    ($($variant:ident $name:literal,)*) => {
        /// An attribute of a SPID identity, by the name that requests and assertions use.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum SpidAttribute {
            $(
                #[doc = concat!("`", $name, "`")]
                $variant,
            )*
        }

        impl SpidAttribute {
            /// Every attribute.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the wire.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

attributes! {
    SpidCode "spidCode",
    Name "name",
    FamilyName "familyName",
    PlaceOfBirth "placeOfBirth",
    CountyOfBirth "countyOfBirth",
    DateOfBirth "dateOfBirth",
    Gender "gender",
    CompanyName "companyName",
    RegisteredOffice "registeredOffice",
    FiscalNumber "fiscalNumber",
    CompanyFiscalNumber "companyFiscalNumber",
    IvaCode "ivaCode",
    IdCard "idCard",
    MobilePhone "mobilePhone",
    Email "email",
    Address "address",
    ExpirationDate "expirationDate",
    DigitalAddress "digitalAddress",
    DomicileStreetAddress "domicileStreetAddress",
    DomicilePostalCode "domicilePostalCode",
    DomicileMunicipality "domicileMunicipality",
    DomicileProvince "domicileProvince",
    DomicileNation "domicileNation",
}

impl SpidAttribute {
    /// The attribute of a name; `None` for one that SPID does not know.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|attribute| attribute.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_23_names_read_back() {
        assert_eq!(SpidAttribute::ALL.len(), 23);
        for attribute in SpidAttribute::ALL {
            assert_eq!(SpidAttribute::from_name(attribute.name()), Some(*attribute));
        }
        assert_eq!(SpidAttribute::from_name("fiscalnumber"), None);
    }
}
