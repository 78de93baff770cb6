/** What a payout channel can do, and what we know of an attempt. */
@NullMarked
package dev.sluice.channel;

import org.jspecify.annotations.NullMarked;
