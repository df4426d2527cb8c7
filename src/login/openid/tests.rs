//! The relying party against a provider in memory: what it sends, what it takes, and every spoilt answer that it refuses.

mod answers;
mod flow;
mod sent;
mod tokens;
