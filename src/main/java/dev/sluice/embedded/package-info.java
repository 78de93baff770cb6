/** The embedded default: PostgreSQL, simulated bank, development keys and the demo. */
@NullMarked
package dev.sluice.embedded;

import org.jspecify.annotations.NullMarked;
