//! Where people live, as a letter finds them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::text::{Line, LineError};

/// A country by its two letters (ISO 3166-1 alpha-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// The text is no code of a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a country is two letters, as IT")]
pub struct CountryError;

impl Country {
    /// Italy.
    pub const ITALY: Self = Self(*b"IT");

    /// Reads two letters of either case.
    ///
    /// # Errors
    /// [`CountryError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CountryError> {
        let code = text.trim().to_ascii_uppercase();
        let code: [u8; 2] = code.as_bytes().try_into().map_err(|_| CountryError)?;
        let are_letters = code.iter().all(u8::is_ascii_uppercase);
        are_letters.then_some(Self(code)).ok_or(CountryError)
    }

    /// The two letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Country {
    type Error = CountryError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().to_owned()
    }
}

/// Where a letter goes. Its lines are bounded and print as they are; `Debug` shows the country alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawPostalAddress")]
pub struct PostalAddress {
    /// Street and number, or what takes their place.
    street: Line<80>,
    /// Building, staircase, `c/o`: where there is one.
    addition: Option<Line<80>>,
    /// Postal code; in Italy the five digits of the CAP.
    postal_code: Option<Line<12>>,
    /// City or town.
    city: Line<60>,
    /// In Italy the two letters of the province; elsewhere a region or state, where letters need one.
    province: Option<Line<40>>,
    country: Country,
}

#[derive(Deserialize)]
struct RawPostalAddress {
    street: String,
    addition: Option<String>,
    postal_code: Option<String>,
    city: String,
    province: Option<String>,
    country: Country,
}

/// What a person filled in for an address; empty texts count as left out.
#[derive(Debug, Clone, Copy)]
pub struct PostalFields<'a> {
    /// Street and number.
    pub street: &'a str,
    /// What a letter needs besides to find the door.
    pub addition: &'a str,
    /// Postal code.
    pub postal_code: &'a str,
    /// City or town.
    pub city: &'a str,
    /// Province, region or state.
    pub province: &'a str,
    /// Country.
    pub country: Country,
}

/// The part of an address that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PostalAddressError {
    /// Street and number are missing or too long.
    #[error("street and number have to be 1 to 80 characters")]
    Street,
    /// The addition is too long.
    #[error("the addition to the address has at most 80 characters")]
    Addition,
    /// In Italy not the five digits of a CAP; elsewhere too long.
    #[error("the postal code is wrong: five digits in Italy")]
    PostalCode,
    /// The city is missing or too long.
    #[error("the city has to be 1 to 60 characters")]
    City,
    /// In Italy not the two letters of a province; elsewhere too long.
    #[error("the province is wrong: two letters in Italy")]
    Province,
}

impl PostalAddress {
    /// An address. In Italy it has a postal code of five digits and a province of two letters; elsewhere whatever letters
    /// have there.
    ///
    /// # Errors
    /// [`PostalAddressError`] names the part that is wrong.
    pub fn new(fields: &PostalFields<'_>) -> Result<Self, PostalAddressError> {
        let is_italian = fields.country == Country::ITALY;
        let postal_code =
            optional(fields.postal_code).map_err(|_| PostalAddressError::PostalCode)?;
        let province = fields.province.trim();
        let province = if is_italian {
            optional(&province.to_ascii_uppercase())
        } else {
            optional(province)
        };
        let province: Option<Line<40>> = province.map_err(|_| PostalAddressError::Province)?;
        let is_cap = |code: &Line<12>| {
            code.expose().len() == 5 && code.expose().bytes().all(|byte| byte.is_ascii_digit())
        };
        if is_italian && !postal_code.as_ref().is_some_and(is_cap) {
            return Err(PostalAddressError::PostalCode);
        }
        let is_province = |line: &Line<40>| {
            line.expose().len() == 2 && line.expose().bytes().all(|byte| byte.is_ascii_uppercase())
        };
        if is_italian && !province.as_ref().is_some_and(is_province) {
            return Err(PostalAddressError::Province);
        }
        Ok(Self {
            street: Line::parse(fields.street).map_err(|_| PostalAddressError::Street)?,
            addition: optional(fields.addition).map_err(|_| PostalAddressError::Addition)?,
            postal_code,
            city: Line::parse(fields.city).map_err(|_| PostalAddressError::City)?,
            province,
            country: fields.country,
        })
    }

    /// Its parts, for a form.
    #[must_use]
    pub fn fields(&self) -> PostalFields<'_> {
        fn or_empty<const N: usize>(line: Option<&Line<N>>) -> &str {
            line.map_or("", Line::expose)
        }
        PostalFields {
            street: self.street.expose(),
            addition: or_empty(self.addition.as_ref()),
            postal_code: or_empty(self.postal_code.as_ref()),
            city: self.city.expose(),
            province: or_empty(self.province.as_ref()),
            country: self.country,
        }
    }

    /// The country.
    #[must_use]
    pub fn country(&self) -> Country {
        self.country
    }

    /// The lines of the address under the name, as they stand on an envelope: the country is left out within Italy.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let fields = self.fields();
        let place = [fields.postal_code, fields.city, fields.province]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        let abroad = (self.country != Country::ITALY).then(|| self.country.to_string());
        [fields.street.to_owned(), fields.addition.to_owned(), place]
            .into_iter()
            .filter(|line| !line.is_empty())
            .chain(abroad)
            .collect()
    }
}

/// `None` for a text without anything in it.
fn optional<const N: usize>(text: &str) -> Result<Option<Line<N>>, LineError> {
    let is_empty = text.trim().is_empty();
    (!is_empty).then(|| Line::parse(text)).transpose()
}

impl TryFrom<RawPostalAddress> for PostalAddress {
    type Error = PostalAddressError;

    fn try_from(raw: RawPostalAddress) -> Result<Self, Self::Error> {
        Self::new(&PostalFields {
            street: &raw.street,
            addition: raw.addition.as_deref().unwrap_or_default(),
            postal_code: raw.postal_code.as_deref().unwrap_or_default(),
            city: &raw.city,
            province: raw.province.as_deref().unwrap_or_default(),
            country: raw.country,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn italian() -> PostalFields<'static> {
        PostalFields {
            street: "Via dei Mille 12",
            addition: "",
            postal_code: "00185",
            city: "Roma",
            province: "rm",
            country: Country::ITALY,
        }
    }

    #[test]
    fn an_italian_address_has_a_cap_and_a_province_and_needs_no_country() {
        let address = PostalAddress::new(&italian()).unwrap();
        assert_eq!(address.lines(), ["Via dei Mille 12", "00185 Roma RM"]);
        for (fields, wrong) in [
            (
                PostalFields {
                    postal_code: "",
                    ..italian()
                },
                PostalAddressError::PostalCode,
            ),
            (
                PostalFields {
                    postal_code: "0018A",
                    ..italian()
                },
                PostalAddressError::PostalCode,
            ),
            (
                PostalFields {
                    province: "Roma",
                    ..italian()
                },
                PostalAddressError::Province,
            ),
            (
                PostalFields {
                    street: " ",
                    ..italian()
                },
                PostalAddressError::Street,
            ),
            (
                PostalFields {
                    city: "",
                    ..italian()
                },
                PostalAddressError::City,
            ),
        ] {
            assert_eq!(PostalAddress::new(&fields), Err(wrong));
        }
    }

    #[test]
    fn an_address_abroad_ends_with_its_country_and_needs_no_province() {
        let address = PostalAddress::new(&PostalFields {
            street: "12 High Street",
            addition: "Flat 3",
            postal_code: "SW1A 1AA",
            city: "London",
            province: "",
            country: Country::parse("gb").unwrap(),
        });
        let lines = ["12 High Street", "Flat 3", "SW1A 1AA London", "GB"];
        assert_eq!(address.unwrap().lines(), lines);
    }

    #[test]
    fn an_address_reads_back_and_a_wrong_one_does_not() {
        let address = PostalAddress::new(&italian()).unwrap();
        let json = serde_json::to_string(&address).unwrap();
        assert_eq!(
            serde_json::from_str::<PostalAddress>(&json).unwrap(),
            address
        );
        let wrong = json.replace("00185", "185");
        assert!(serde_json::from_str::<PostalAddress>(&wrong).is_err());
        assert!(!format!("{address:?}").contains("Mille"));
    }
}
