//! The steps that need nothing but the parameters.

use std::time::Duration;

use super::super::claims::ClaimsParameter;
use super::super::{ErrorCode, Parameters, ProtocolError};

/// The longest `state`, which is kept and sent back.
pub(super) const MAX_STATE_BYTES: usize = 4096;
/// The longest `nonce` and the longest hint.
pub(super) const MAX_TEXT_BYTES: usize = 1024;
/// The parameters that may be there once only.
pub(super) const ONCE: [&str; 20] = [
    "client_id",
    "redirect_uri",
    "state",
    "response_type",
    "response_mode",
    "request",
    "request_uri",
    "registration",
    "scope",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "acr_values",
    "claims",
    "max_age",
    "prompt",
    "id_token_hint",
    "idp_hint",
    "ui_locales",
    "login_hint",
];

pub(super) fn no_parameter_twice(parameters: &Parameters) -> Result<(), ProtocolError> {
    if parameters.any_twice(&ONCE) {
        return Err(ProtocolError::invalid_request(
            "parameter_twice",
            "a parameter is there more than once",
        ));
    }
    bounded(parameters, "state", MAX_STATE_BYTES).map(|_| ())
}

pub(super) fn no_request_object(parameters: &Parameters) -> Result<(), ProtocolError> {
    let unsupported = [
        (
            "request",
            ProtocolError::new(
                ErrorCode::RequestNotSupported,
                "request_object",
                "request objects are not supported",
            ),
        ),
        (
            "request_uri",
            ProtocolError::new(
                ErrorCode::RequestUriNotSupported,
                "request_uri",
                "request_uri is not supported",
            ),
        ),
        (
            "registration",
            ProtocolError::new(
                ErrorCode::RegistrationNotSupported,
                "registration",
                "registration is not supported",
            ),
        ),
    ];
    unsupported
        .into_iter()
        .find(|(name, _)| parameters.all(name).next().is_some())
        .map_or(Ok(()), |(_, error)| Err(error))
}

pub(super) fn code_in_the_query_only(parameters: &Parameters) -> Result<(), ProtocolError> {
    match parameters.one("response_type")? {
        Some("code") => {}
        None => {
            return Err(ProtocolError::invalid_request(
                "response_type_missing",
                "response_type is required",
            ));
        }
        Some(_) => {
            return Err(ProtocolError::new(
                ErrorCode::UnsupportedResponseType,
                "response_type_not_code",
                "response_type must be code",
            ));
        }
    }
    match parameters.one("response_mode")? {
        None | Some("query") => Ok(()),
        Some(_) => Err(ProtocolError::invalid_request(
            "response_mode_not_query",
            "response_mode must be query",
        )),
    }
}

/// `claims.id_token.sub.value` (OpenID Connect Core, 5.5.1): only this person will do.
pub(super) fn named_subject(claims: &ClaimsParameter) -> Result<Option<String>, ProtocolError> {
    let value = claims.id_token("sub").and_then(|claim| claim.get("value"));
    value.map_or(Ok(None), |value| {
        let text = value.as_str().ok_or(ProtocolError::invalid_request(
            "claims_sub_form",
            "the sub claim request is malformed",
        ))?;
        Ok(Some(text.to_owned()))
    })
}

/// Whether pages may be shown, and whether the person must log in anew.
pub(super) struct Prompt {
    pub(super) interactive: bool,
    pub(super) force: bool,
}

impl Prompt {
    /// `consent` asks for nothing here: what an application may learn is settled when it is registered.
    /// `select_account` means another person may come, so they must log in.
    pub(super) fn read(parameters: &Parameters) -> Result<Self, ProtocolError> {
        let prompts: Vec<&str> = parameters
            .one("prompt")?
            .unwrap_or_default()
            .split_ascii_whitespace()
            .collect();
        let none = prompts.contains(&"none");
        let known =
            |prompt: &&str| matches!(*prompt, "none" | "login" | "consent" | "select_account");
        if !prompts.iter().all(known) || none && prompts.len() > 1 {
            return Err(ProtocolError::invalid_request(
                "prompt_form",
                "prompt has an unknown value, or none beside another",
            ));
        }
        Ok(Self {
            interactive: !none,
            force: prompts
                .iter()
                .any(|prompt| matches!(*prompt, "login" | "select_account")),
        })
    }
}

pub(super) fn max_age(parameters: &Parameters) -> Result<Option<Duration>, ProtocolError> {
    let Some(text) = parameters.one("max_age")? else {
        return Ok(None);
    };
    let digits = (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.then(|| text.parse().ok()).flatten();
    seconds
        .map(|seconds| Some(Duration::from_secs(seconds)))
        .ok_or(ProtocolError::invalid_request(
            "max_age_form",
            "max_age is not a number of seconds",
        ))
}

pub(super) fn bounded(
    parameters: &Parameters,
    name: &str,
    most: usize,
) -> Result<Option<String>, ProtocolError> {
    match parameters.one(name)? {
        Some(value) if value.len() > most => Err(ProtocolError::invalid_request(
            "parameter_too_long",
            "a parameter is too long",
        )),
        value => Ok(value.map(str::to_owned)),
    }
}
