/** Double-entry accounts and transfers: top up, hold, post, release, refund. */
@NullMarked
package dev.sluice.ledger;

import org.jspecify.annotations.NullMarked;
