/** From a due order to its outcome: dispatch, inbox, settlement, recovery. */
@NullMarked
package dev.sluice.payout;

import org.jspecify.annotations.NullMarked;
