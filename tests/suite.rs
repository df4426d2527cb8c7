//! The one integration binary: every further one would cost a link of the whole program.
