# The commands of this repository. `make demo` and `make test` need nothing but Rust, git, make and a Debian machine.

.PHONY: demo test bench setup deny

# The federation in a box, on loopback, until Ctrl-C. DEMO="--once" (or any other option) is handed on.
demo:
	@scripts/setup demo
	@cargo run --locked -- demo $(DEMO)

# Every check and test, the official SPID suite and the browser included. The last line is the total.
test:
	@scripts/setup test
	@scripts/test

# Micro benchmarks, start-up time and memory, beside their limits.
bench:
	@scripts/setup test
	@scripts/bench

# What `make test` would install, and nothing else.
setup:
	@scripts/setup test

# Bans, licences and sources of every dependency. Builds cargo-deny where it is missing, which takes minutes; `make test`
# holds the bans alone.
deny:
	@command -v cargo-deny >/dev/null || cargo install --quiet --locked cargo-deny@0.20.2
	@cargo deny --log-level error check bans licenses sources
