//! What every test leans on: a clock that moves when told, keys made once, and where the shared material lies.

pub mod archive;
pub mod authority;
pub mod browser;
pub mod card;
pub mod cards;
pub mod certificates;
pub mod clock;
pub mod configured;
pub mod demo;
pub mod der;
pub mod edge;
pub mod form;
pub mod gateway;
pub mod http_server;
pub mod keys;
pub mod logs;
pub mod openid;
pub mod person;
pub mod proxied;
pub mod proxy;
pub mod relying_party;
pub mod serving;
pub mod shared;
pub mod spid;
pub mod spid_visit;
pub mod wire;
