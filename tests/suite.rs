//! The one integration binary: every further one would cost a link of the whole program.

#![allow(
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a test says what it expects by failing"
)]

mod architecture;
mod support;

/// One file a subject, flows named after the pair they bridge.
mod suite {
    mod archive_http;
    mod audit_commands;
    mod authzen;
    mod bad_input;
    mod browser;
    mod canonicalization;
    mod card_revocation;
    mod card_trust;
    mod card_trust_command;
    mod card_trust_reload;
    mod card_trust_sources;
    mod cards;
    mod cards_in_chromium;
    mod catalogue_reload;
    mod cie_commands;
    mod cie_encryption;
    mod cie_in_chromium;
    mod cie_login;
    mod cie_peer;
    mod cie_protocols;
    mod cie_refusals;
    mod cns_cards;
    mod cns_hosts;
    mod cns_journey;
    mod cns_nginx;
    mod cns_oracle;
    mod cns_properties;
    mod cns_second_step;
    mod cns_serving;
    mod cns_tls;
    mod command_line;
    mod configuration;
    mod configuration_cie;
    mod configuration_cns;
    mod configuration_messages;
    mod configuration_pin;
    mod configuration_ways_out;
    pub mod corpus;
    mod crl;
    mod demo_events;
    mod demo_once;
    mod demo_site;
    mod desk;
    mod desk_offices;
    mod desk_papers;
    mod desk_queues;
    mod documents;
    mod edge;
    mod explanations;
    mod federated;
    mod federation;
    mod federation_entity;
    mod federation_keys;
    mod federation_keys_reload;
    mod fetch;
    mod flow_steps;
    mod form_targets;
    mod forward_auth;
    mod forward_auth_handover;
    mod forward_auth_proxies;
    mod idp_refresh;
    mod jose_differential;
    mod jose_mutations;
    mod ledgers;
    mod login_flows;
    mod logs;
    mod mails;
    mod ministry;
    mod mutation;
    mod my_sessions;
    mod ocsp;
    mod oidc_answers;
    mod oidc_authorize;
    mod oidc_clients;
    mod oidc_codes;
    mod oidc_events;
    mod oidc_levels;
    mod oidc_logout;
    mod oidc_tokens;
    mod openid_client;
    mod openid_ends;
    mod openid_login;
    mod outbox;
    mod pages;
    mod pin_attacks;
    mod pin_command;
    mod pin_conversion;
    mod pin_first_half;
    mod pin_kills;
    mod pin_login;
    mod pin_lost;
    mod pin_own;
    mod pin_request;
    mod pin_rules;
    mod pin_sessions;
    mod pin_store;
    mod pin_uploads;
    mod pins_in_chromium;
    mod profiles;
    mod profiles_command;
    mod provisional_tickets;
    mod registers_http;
    mod registry_signatures;
    mod saml_attacks;
    mod service_catalogue;
    mod serving;
    mod session_model;
    mod sessions;
    mod spid_login;
    mod spid_logout;
    mod spid_sp_test;
    mod step_up;
    mod store_conformance;
    mod telemetry_listener;
    mod text_messages;
    mod tls;
    mod trust;
    pub mod trusted_list;
    mod upstream;
    mod x509_real;
}
